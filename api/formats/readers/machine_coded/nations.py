"""Countries, regions and known groups by the codes that event data use for them.

Facts, set out anew: FIPS 10-4 as GDELT still uses it for places (its LOOKUP-COUNTRIES list, with West Bank, Gaza, Kosovo,
both codes of Serbia, and the dependencies that ISO counts to a country), and the country, region and group codes of CAMEO
1.1b3. FIPS and ISO use the same letters for other countries: AU is Austria in FIPS, RS Russia, CH China, GM Germany.
Countries that are no more have no code here. ISO's codes and the usual names are those of `country_names`.
"""

from typing import Final, NamedTuple

from api.formats.readers import country_names
from schemas.fields import fold


class Nation(NamedTuple):
    """A country: its codes, its usual name in English, other names of it, and words that stand for it in event data."""

    iso2: str
    iso3: str
    name: str
    names: tuple[str, ...]
    words: tuple[str, ...]


class Group(NamedTuple):
    """A known body: its name, kind of actor, and other names."""

    name: str
    kind: str
    names: tuple[str, ...]


# ISO 3166-1, FIPS 10-4 (-: none) | names that event data use beside the usual ones | adjectives and capital
_TABLE: Final = """
AD AN||Andorran
AE AE||Emirati,Abu Dhabi
AF AF||Afghan,Kabul
AG AC||Antiguan
AI AV||
AL AL||Albanian,Tirana
AM AM||Armenian,Yerevan
AO AO||Angolan,Luanda
AQ AY||
AR AR||Argentine,Argentinian,Buenos Aires
AS AQ||
AT AU||Austrian,Vienna
AU AS||Australian,Canberra
AW AA||
AX -||
AZ AJ||Azerbaijani,Azeri,Baku
BA BK||Bosnian,Sarajevo
BB BB||Barbadian
BD BG||Bangladeshi,Dhaka
BE BE||Belgian,Brussels
BF UV||Burkinabe,Ouagadougou
BG BU||Bulgarian,Sofia
BH BA||Bahraini,Manama
BI BY||Burundian,Bujumbura
BJ BN||Beninese
BL TB||
BM BD||Bermudian
BN BX||Bruneian
BO BL||Bolivian,La Paz
BQ -|Bonaire|
BR BR||Brazilian,Brasilia
BS BF||Bahamian
BT BT||Bhutanese
BV BV||
BW BC||Gaborone
BY BO||Belarusian,Minsk
BZ BH||Belizean
CA CA||Canadian,Ottawa
CC CK||
CD CG||Congolese,Kinshasa
CF CT||Bangui
CG CF||Brazzaville
CH SZ||Swiss,Bern
CI IV||Ivorian,Abidjan
CK CW||
CL CI||Chilean,Santiago
CM CM||Cameroonian,Yaounde
CN CH||Chinese,Beijing
CO CO|Columbia|Colombian,Bogota
CR CS||Costa Rican
CU CU||Cuban,Havana
CV CV||Cape Verdean
CW UC||
CX KT||
CY CY||Cypriot,Nicosia
CZ EZ||Czech,Prague
DE GM||German,Berlin
DJ DJ||Djiboutian
DK DA||Danish,Copenhagen
DM DO||
DO DR||Dominican,Santo Domingo
DZ AG||Algerian,Algiers
EC EC||Ecuadorian,Quito
EE EN||Estonian,Tallinn
EG EG||Egyptian,Cairo
EH WI||Sahrawi
ER ER||Eritrean,Asmara
ES SP||Spanish,Madrid
ET ET||Ethiopian,Addis Ababa
FI FI||Finnish,Helsinki
FJ FJ||Fijian,Suva
FK FK||
FM FM||Micronesian
FO FO|Faeroe Islands|Faroese
FR FR||French,Paris
GA GB||Gabonese,Libreville
GB UK||British,London
GD GJ||Grenadian
GE GG||Georgian,Tbilisi
GF FG||
GG GK||
GH GH||Ghanaian,Accra
GI GI||Gibraltarian
GL GL||Greenlandic
GM GA||Gambian,Banjul
GN GV||Guinean,Conakry
GP GP||
GQ EK||Equatorial Guinean
GR GR||Greek,Athens
GS SX||
GT GT||Guatemalan
GU GQ||Guamanian
GW PU||Bissau
GY GY||Guyanese,Georgetown
HK HK||
HM HM||
HN HO||Honduran,Tegucigalpa
HR HR||Croatian,Zagreb
HT HA||Haitian,Port-au-Prince
HU HU||Hungarian,Budapest
ID ID||Indonesian,Jakarta
IE EI||Irish,Dublin
IL IS||Israeli,Jerusalem,Tel Aviv
IM IM||Manx
IN IN|Bharat|Indian,New Delhi,Delhi
IO IO||
IQ IZ||Iraqi,Baghdad
IR IR||Iranian,Tehran
IS IC||Icelandic,Reykjavik
IT IT||Italian,Rome
JE JE||
JM JM||Jamaican,Kingston
JO JO||Jordanian,Amman
JP JA||Japanese,Tokyo
KE KE||Kenyan,Nairobi
KG KG||Kyrgyz,Bishkek
KH CB||Cambodian,Phnom Penh
KI KR||
KM CN||Comorian
KN SC||
KP KN||North Korean,Pyongyang
KR KS||South Korean,Seoul
KW KU||Kuwaiti
KY CJ||
KZ KZ||Kazakh,Astana
LA LA||Laotian,Vientiane
LB LE||Lebanese,Beirut
LC ST||
LI LS||
LK CE||Sri Lankan,Colombo
LR LI||Liberian,Monrovia
LS LT||Basotho,Maseru
LT LH||Lithuanian,Vilnius
LU LU||
LV LG||Latvian,Riga
LY LY||Libyan,Tripoli
MA MO||Moroccan,Rabat
MC MN||
MD MD||Moldovan,Chisinau
ME MJ||Montenegrin,Podgorica
MF RN||
MG MA||Malagasy,Antananarivo
MH RM||
MK MK||Macedonian,Skopje
ML ML||Malian,Bamako
MM BM||Burmese,Naypyidaw
MN MG||Mongolian,Ulaanbaatar
MO MC||
MP CQ||
MQ MB||
MR MR||Mauritanian,Nouakchott
MS MH||
MT MT||Maltese,Valletta
MU MP||Mauritian
MV MV||Maldivian
MW MI||Malawian,Lilongwe
MX MX||Mexican,Mexico City
MY MY||Malaysian,Kuala Lumpur
MZ MZ||Mozambican,Maputo
NA WA||Namibian,Windhoek
NC NC||
NE NG||Nigerien,Niamey
NF NF||
NG NI||Nigerian,Abuja
NI NU||Nicaraguan,Managua
NL NL||Dutch,The Hague,Amsterdam
NO NO||Norwegian,Oslo
NP NP||Nepalese,Nepali,Kathmandu
NR NR||
NU NE||
NZ NZ||Kiwi,Wellington
OM MU||Omani,Muscat
PA PM||Panamanian
PE PE||Peruvian,Lima
PF FP||
PG PP||Port Moresby
PH RP||Filipino,Philippine,Manila
PK PK||Pakistani,Islamabad
PL PL||Polish,Warsaw
PM SB||
PN PC||
PR RQ||Puerto Rican
PS WE|Occupied Palestinian Territory,West Bank,Gaza Strip|Palestinian,Ramallah,Gaza
PT PO||Portuguese,Lisbon
PW PS||
PY PA||Paraguayan,Asuncion
QA QA||Qatari,Doha
RE RE||
RO RO||Romanian,Bucharest
RS RI||Serbian,Serb,Belgrade
RU RS||Russian,Moscow
RW RW||Rwandan,Kigali
SA SA||Saudi,Saudi Arabian,Riyadh
SB BP||
SC SE||
SD SU||Sudanese,Khartoum
SE SW||Swedish,Stockholm
SG SN||Singaporean
SH SH||
SI SI||Slovenian,Slovene,Ljubljana
SJ SV||
SK LO||Slovak,Bratislava
SL SL||Sierra Leonean,Freetown
SM SM||
SN SG||Senegalese,Dakar
SO SO||Somali,Mogadishu
SR NS||Surinamese,Paramaribo
SS OD||South Sudanese,Juba
ST TP||
SV ES||Salvadoran,San Salvador
SX NN||
SY SY||Syrian,Damascus
SZ WZ||Swazi,Mbabane
TC TK||
TD CD||Chadian
TF FS||
TG TO||Togolese
TH TH||Thai,Bangkok
TJ TI||Tajik,Dushanbe
TK TL||
TL TT||East Timorese,Timorese,Dili
TM TX||Turkmen,Ashgabat
TN TS||Tunisian,Tunis
TO TN||Tongan
TR TU||Turkish,Ankara
TT TD||Trinidadian
TV TV||
TW TW||Taiwanese,Taipei
TZ TZ||Tanzanian,Dar es Salaam,Dodoma
UA UP||Ukrainian,Kyiv,Kiev
UG UG||Ugandan,Kampala
UM -||
US US|America|American,Washington
UY UY||Uruguayan,Montevideo
UZ UZ||Uzbek,Tashkent
VA VT||
VC VC||
VE VE||Venezuelan,Caracas
VG VI||
VI VQ|US Virgin Islands|
VN VM||Vietnamese,Hanoi
VU NH||
WF WF||
WS WS||Samoan
XK KV||Kosovan,Kosovar,Pristina
YE YM||Yemeni,Sanaa
YT MF||
ZA SF||South African,Pretoria
ZM ZA||Zambian,Lusaka
ZW ZI||Zimbabwean,Harare
"""
_COUNTRIES: Final = {country.alpha2: country for country in country_names.TABLE}


def _nation(line: str) -> tuple[str, Nation]:
    codes, names, words = line.split("|")
    iso2, fips = codes.split()
    country = _COUNTRIES[iso2]
    others = (*country.names[1:], *filter(None, names.split(",")))
    return fips, Nation(iso2, country.alpha3, country.names[0], others, tuple(filter(None, words.split(","))))


_READ: Final = [_nation(line) for line in _TABLE.split("\n") if line]
_BY_ISO2: Final = {nation.iso2: nation for _, nation in _READ}

# Places with a FIPS code of their own that ISO counts to a country: Gaza, the bases on Cyprus, islands of France,
# Australia, Norway and the United States; and Serbia's code of 2006 to 2008.
_PARTS: Final = {
    "GZ": "PS", "AX": "GB", "DX": "GB", "GO": "TF", "BS": "TF", "EU": "TF", "JU": "TF", "TE": "TF", "CR": "AU", "AT": "AU",
    "JN": "SJ", "BQ": "UM", "DQ": "UM", "FQ": "UM", "HQ": "UM", "JQ": "UM", "KQ": "UM", "LQ": "UM", "MQ": "UM", "WQ": "UM",
    "RB": "RS",
}  # fmt: skip
FIPS: Final = {fips: nation.iso2 for fips, nation in _READ if fips != "-"} | _PARTS

# CAMEO's own codes where they are not ISO's: older ones, parts of Palestine, and two slips in GDELT's list.
_CAMEO: Final = {"ROM": "RO", "TMP": "TL", "ZAR": "CD", "GZS": "PS", "WSB": "PS", "KSV": "XK", "UNK": "XK", "MTN": "ME", "IMY": "IM", "BAG": "IQ"}  # fmt: skip
ISO3: Final = {nation.iso3: nation for _, nation in _READ} | {code: _BY_ISO2[iso2] for code, iso2 in _CAMEO.items()}

# States that are no more, beside the one that a row counts them to.
FORMER: Final = frozenset({"ANT", "CSK", "DDR", "SCG", "SUN", "YMD", "YUG"})

NAMES: Final = {fold(name): nation for _, nation in _READ for name in (nation.name, *nation.names)}

REGIONS: Final = {
    "AFR": "Africa", "ASA": "Asia", "ARB": "Arab world", "BLK": "Balkans", "CRB": "Caribbean", "CAU": "Caucasus",
    "CFR": "Central Africa", "CAS": "Central Asia", "CEU": "Central Europe", "EIN": "East Indies", "EAF": "Eastern Africa",
    "EEU": "Eastern Europe", "EUR": "Europe", "LAM": "Latin America", "MEA": "Middle East", "MDT": "Mediterranean",
    "NAF": "North Africa", "NMR": "North America", "PGS": "Persian Gulf", "SCN": "Scandinavia", "SAM": "South America",
    "SAS": "South Asia", "SEA": "Southeast Asia", "SAF": "Southern Africa", "WAF": "West Africa", "WST": "The West",
    "WES": "The West",
}  # fmt: skip

# code | name | kind | other names
_GROUPS: Final = """
ALQ|Al Qaeda|armed_group|Al-Qaeda,Al Qaida
AMN|Amnesty International|organization|
ARL|Arab League|organization|League of Arab States
ASN|ASEAN|organization|Association of Southeast Asian Nations
CIS|Commonwealth of Independent States|organization|
COE|Council of Europe|organization|
CWN|Commonwealth of Nations|organization|
EBR|European Bank for Reconstruction and Development|organization|EBRD
EEC|European Union|organization|EU
FAO|Food and Agriculture Organization|organization|FAO
FTA|Fatah|organization|
GCC|Gulf Cooperation Council|organization|
GOE|Group of Eight|organization|G8,G-8
GOS|Group of Seven|organization|G7,G-7
GRP|Greenpeace|organization|
HAM|Hamas|armed_group|
HCR|UNHCR|organization|UN Refugee Agency,United Nations High Commissioner for Refugees
HEZ|Hezbollah|armed_group|Hizbullah,Hizballah
HRW|Human Rights Watch|organization|
IAE|International Atomic Energy Agency|organization|IAEA
ICC|International Criminal Court|organization|ICC
ICG|International Crisis Group|organization|
ICJ|International Court of Justice|organization|ICJ
ILO|International Labour Organization|organization|ILO
IMF|International Monetary Fund|organization|IMF
IRC|Red Cross|organization|International Committee of the Red Cross
ISJ|Palestinian Islamic Jihad|armed_group|Islamic Jihad
ITP|Interpol|organization|
KID|UNICEF|organization|
MSF|Médecins Sans Frontières|organization|Doctors Without Borders,Medecins Sans Frontieres
NAT|NATO|alliance|North Atlantic Treaty Organization
NON|Non-Aligned Movement|bloc|
OAS|Organization of American States|organization|OAS
OAU|African Union|organization|Organization of African Unity,AU
OIC|Organisation of Islamic Cooperation|organization|OIC,Organization of Islamic Cooperation
OPC|OPEC|organization|Organization of the Petroleum Exporting Countries
PKK|Kurdistan Workers' Party|armed_group|PKK
PLO|Palestine Liberation Organization|organization|PLO
SCE|OSCE|organization|Organization for Security and Cooperation in Europe
TAL|Taliban|armed_group|
UNO|United Nations|organization|UN
WAS|ECOWAS|organization|Economic Community of West African States
WBK|World Bank|organization|
WFP|World Food Programme|organization|World Food Program,WFP
WHO|World Health Organization|organization|WHO
WTO|World Trade Organization|organization|WTO
"""


def _group(line: str) -> tuple[str, Group]:
    code, name, kind, names = line.split("|")
    return code, Group(name, kind, tuple(filter(None, names.split(","))))


GROUPS: Final = dict(_group(line) for line in _GROUPS.split("\n") if line)


def by_name(name: str) -> Nation | None:
    """The country of a name in English; None where there is none. A code is no name: IS is no Iceland."""
    return NAMES.get(fold(name.strip()))


def named(text: str) -> Nation | None:
    """The country of a name in English or an ISO code; None where there is none."""
    found = country_names.find(text) if text else None
    return by_name(text) or (_BY_ISO2[found.alpha2] if found else None)
