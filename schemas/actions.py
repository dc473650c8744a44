"""What a change does, and to which noun."""

from schemas.words import Word


class ChangeAction(Word):
    """What a change did, as the one who reads a history or the feed could see it."""

    CREATED = "created", "It is there for the first time: made just now, or published after a draft."
    CHANGED = (
        "changed",
        "Its content is another one; `patch` and `changed` say in what. A restore of what was not deleted is one, too.",
    )
    WITHDRAWN = "withdrawn", "Its status became withdrawn; or it is a draft again, which you may not see."
    DELETED = "deleted", "It was deleted; its versions are kept."
    RESTORED = "restored", "It is back, after it was deleted or had become a draft."
    PURGED = (
        "purged",
        "Content of it was erased for good, for the law's sake: erase your copies of all its versions, and read it anew.",
    )
    LINKED = "linked", "One record is said to answer another, for the first time or again."
    UNLINKED = "unlinked", "It is no longer said, or one of the two records is a draft again."


# What is done to a link has words of its own.
OF_LINKS = {
    ChangeAction.CREATED: ChangeAction.LINKED,
    ChangeAction.RESTORED: ChangeAction.LINKED,
    ChangeAction.DELETED: ChangeAction.UNLINKED,
}


class ChangeNoun(Word):
    """What a change was made to."""

    STATEMENT = "statement", "Words: one actor on one occasion."
    EVENT = "event", "A deed: a meeting, a call, a signed text, a strike."
    REACTION = "reaction", "A typed link: this record answers that one."
    ACTOR = "actor", "Who speaks and acts."
    SOURCE = "source", "Who published it."
    TOPIC = "topic", "A proposition that stances are taken on."
    AFFILIATION = "affiliation", "That one actor belongs to another, from when to when."
    CODING = "coding", "How one coder reads the stances of a statement."
    DISMISSAL = "dismissal", "That two records, however alike, are two."
