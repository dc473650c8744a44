"""Countries as files name them: ISO 3166-1 alpha-2 and alpha-3, the numbers of Gleditsch and Ward, and English names.

ISO 3166-1 has the codes, XK and XKX (Kosovo) are user-assigned and in common use. The numbers are those of Gleditsch and
Ward's list of independent states (1999), which UCDP uses; a state that is no more has none here, except where its number
lives on (260 Germany, 365 Russia, 678 Yemen). The first name is the usual one in English, the others are also found.
"""

import re
from functools import lru_cache
from typing import Final, NamedTuple

from schemas.fields import closest, fold


class Country(NamedTuple):
    """A country and what it is called."""

    alpha2: str
    alpha3: str
    gw: int | None  # Gleditsch and Ward
    names: tuple[str, ...]  # the usual one first


def find(text: str) -> Country | None:
    """The country that a code, a number of Gleditsch and Ward, or an English name stands for; None for none."""
    return _BY_CODE.get(text.strip().upper()) or _BY_NAME.get(_plain(text))


def nearest(text: str) -> str | None:
    """The name or code that may be meant, for a hint."""
    return closest(text, (country.names[0] for country in TABLE))


@lru_cache(maxsize=10_000)
def _plain(name: str) -> str:
    """A name as it is looked up: without accents, articles, signs, and without what stands in brackets behind it."""
    words = re.sub(r"\s*\([^()]{0,100}\)\s*$", "", fold(name[:200]))
    return " ".join(word for word in re.findall(r"[a-z]+", words) if word not in ("the", "of", "and"))


TABLE: Final = tuple(
    Country(alpha2, alpha3, None if gw == "-" else int(gw), tuple(names.split("|")))
    for alpha2, alpha3, gw, names in (
        line.split(" ", 3)
        for line in """\
AD AND 232 Andorra
AE ARE 696 United Arab Emirates|UAE|Emirates
AF AFG 700 Afghanistan
AG ATG 58 Antigua and Barbuda
AI AIA - Anguilla
AL ALB 339 Albania
AM ARM 371 Armenia
AO AGO 540 Angola
AQ ATA - Antarctica
AR ARG 160 Argentina
AS ASM - American Samoa
AT AUT 305 Austria
AU AUS 900 Australia
AW ABW - Aruba
AX ALA - Åland Islands|Aland
AZ AZE 373 Azerbaijan
BA BIH 346 Bosnia and Herzegovina|Bosnia-Herzegovina|Bosnia
BB BRB 53 Barbados
BD BGD 771 Bangladesh
BE BEL 211 Belgium
BF BFA 439 Burkina Faso|Upper Volta
BG BGR 355 Bulgaria
BH BHR 692 Bahrain
BI BDI 516 Burundi
BJ BEN 434 Benin|Dahomey
BL BLM - Saint Barthélemy
BM BMU - Bermuda
BN BRN 835 Brunei|Brunei Darussalam
BO BOL 145 Bolivia
BQ BES - Caribbean Netherlands|Bonaire, Sint Eustatius and Saba
BR BRA 140 Brazil
BS BHS 31 Bahamas
BT BTN 760 Bhutan
BV BVT - Bouvet Island
BW BWA 571 Botswana
BY BLR 370 Belarus|Byelorussia
BZ BLZ 80 Belize
CA CAN 20 Canada
CC CCK - Cocos Islands|Keeling Islands
CD COD 490 Democratic Republic of the Congo|DR Congo|DRC|Zaire|Congo, Democratic Republic|Congo-Kinshasa
CF CAF 482 Central African Republic
CG COG 484 Congo|Republic of the Congo|Congo-Brazzaville
CH CHE 225 Switzerland
CI CIV 437 Côte d'Ivoire|Ivory Coast
CK COK - Cook Islands
CL CHL 155 Chile
CM CMR 471 Cameroon
CN CHN 710 China|People's Republic of China|PRC
CO COL 100 Colombia
CR CRI 94 Costa Rica
CU CUB 40 Cuba
CV CPV 402 Cape Verde|Cabo Verde
CW CUW - Curaçao
CX CXR - Christmas Island
CY CYP 352 Cyprus
CZ CZE 316 Czechia|Czech Republic
DE DEU 260 Germany|Federal Republic of Germany|German Federal Republic
DJ DJI 522 Djibouti
DK DNK 390 Denmark
DM DMA 54 Dominica
DO DOM 42 Dominican Republic
DZ DZA 615 Algeria
EC ECU 130 Ecuador
EE EST 366 Estonia
EG EGY 651 Egypt
EH ESH - Western Sahara
ER ERI 531 Eritrea
ES ESP 230 Spain
ET ETH 530 Ethiopia
FI FIN 375 Finland
FJ FJI 950 Fiji
FK FLK - Falkland Islands|Malvinas
FM FSM 987 Micronesia|Federated States of Micronesia
FO FRO - Faroe Islands
FR FRA 220 France
GA GAB 481 Gabon
GB GBR 200 United Kingdom|UK|Great Britain|Britain|United Kingdom of Great Britain and Northern Ireland
GD GRD 55 Grenada
GE GEO 372 Georgia
GF GUF - French Guiana
GG GGY - Guernsey
GH GHA 452 Ghana
GI GIB - Gibraltar
GL GRL - Greenland
GM GMB 420 Gambia
GN GIN 438 Guinea
GP GLP - Guadeloupe
GQ GNQ 411 Equatorial Guinea
GR GRC 350 Greece
GS SGS - South Georgia and the South Sandwich Islands
GT GTM 90 Guatemala
GU GUM - Guam
GW GNB 404 Guinea-Bissau
GY GUY 110 Guyana
HK HKG - Hong Kong
HM HMD - Heard Island and McDonald Islands
HN HND 91 Honduras
HR HRV 344 Croatia
HT HTI 41 Haiti
HU HUN 310 Hungary
ID IDN 850 Indonesia
IE IRL 205 Ireland
IL ISR 666 Israel
IM IMN - Isle of Man
IN IND 750 India
IO IOT - British Indian Ocean Territory
IQ IRQ 645 Iraq
IR IRN 630 Iran|Islamic Republic of Iran
IS ISL 395 Iceland
IT ITA 325 Italy
JE JEY - Jersey
JM JAM 51 Jamaica
JO JOR 663 Jordan
JP JPN 740 Japan
KE KEN 501 Kenya
KG KGZ 703 Kyrgyzstan|Kyrgyz Republic
KH KHM 811 Cambodia|Kampuchea
KI KIR 970 Kiribati
KM COM 581 Comoros
KN KNA 60 Saint Kitts and Nevis|St. Kitts and Nevis
KP PRK 731 North Korea|Democratic People's Republic of Korea|Korea, North|DPRK
KR KOR 732 South Korea|Republic of Korea|Korea, South
KW KWT 690 Kuwait
KY CYM - Cayman Islands
KZ KAZ 705 Kazakhstan
LA LAO 812 Laos|Lao People's Democratic Republic
LB LBN 660 Lebanon
LC LCA 56 Saint Lucia|St. Lucia
LI LIE 223 Liechtenstein
LK LKA 780 Sri Lanka|Ceylon
LR LBR 450 Liberia
LS LSO 570 Lesotho
LT LTU 368 Lithuania
LU LUX 212 Luxembourg
LV LVA 367 Latvia
LY LBY 620 Libya
MA MAR 600 Morocco
MC MCO 221 Monaco
MD MDA 359 Moldova|Republic of Moldova
ME MNE 341 Montenegro
MF MAF - Saint Martin
MG MDG 580 Madagascar|Malagasy
MH MHL 983 Marshall Islands
MK MKD 343 North Macedonia|Macedonia|Macedonia, FYR|FYROM
ML MLI 432 Mali
MM MMR 775 Myanmar|Burma
MN MNG 712 Mongolia
MO MAC - Macao|Macau
MP MNP - Northern Mariana Islands
MQ MTQ - Martinique
MR MRT 435 Mauritania
MS MSR - Montserrat
MT MLT 338 Malta
MU MUS 590 Mauritius
MV MDV 781 Maldives
MW MWI 553 Malawi
MX MEX 70 Mexico
MY MYS 820 Malaysia
MZ MOZ 541 Mozambique
NA NAM 565 Namibia
NC NCL - New Caledonia
NE NER 436 Niger
NF NFK - Norfolk Island
NG NGA 475 Nigeria
NI NIC 93 Nicaragua
NL NLD 210 Netherlands|Holland
NO NOR 385 Norway
NP NPL 790 Nepal
NR NRU 971 Nauru
NU NIU - Niue
NZ NZL 920 New Zealand
OM OMN 698 Oman
PA PAN 95 Panama
PE PER 135 Peru
PF PYF - French Polynesia
PG PNG 910 Papua New Guinea
PH PHL 840 Philippines
PK PAK 770 Pakistan
PL POL 290 Poland
PM SPM - Saint Pierre and Miquelon
PN PCN - Pitcairn
PR PRI - Puerto Rico
PS PSE - Palestine|State of Palestine|Palestinian Territories|Palestinian Territory
PT PRT 235 Portugal
PW PLW 986 Palau
PY PRY 150 Paraguay
QA QAT 694 Qatar
RE REU - Réunion
RO ROU 360 Romania|Rumania
RS SRB 340 Serbia|Yugoslavia
RU RUS 365 Russia|Russian Federation|Soviet Union|USSR
RW RWA 517 Rwanda
SA SAU 670 Saudi Arabia
SB SLB 940 Solomon Islands
SC SYC 591 Seychelles
SD SDN 625 Sudan
SE SWE 380 Sweden
SG SGP 830 Singapore
SH SHN - Saint Helena
SI SVN 349 Slovenia
SJ SJM - Svalbard and Jan Mayen
SK SVK 317 Slovakia|Slovak Republic
SL SLE 451 Sierra Leone
SM SMR 331 San Marino
SN SEN 433 Senegal
SO SOM 520 Somalia
SR SUR 115 Suriname|Surinam
SS SSD 626 South Sudan
ST STP 403 São Tomé and Príncipe
SV SLV 92 El Salvador
SX SXM - Sint Maarten
SY SYR 652 Syria|Syrian Arab Republic
SZ SWZ 572 Eswatini|Swaziland|Kingdom of Eswatini
TC TCA - Turks and Caicos Islands
TD TCD 483 Chad
TF ATF - French Southern Territories
TG TGO 461 Togo
TH THA 800 Thailand
TJ TJK 702 Tajikistan
TK TKL - Tokelau
TL TLS 860 Timor-Leste|East Timor
TM TKM 701 Turkmenistan
TN TUN 616 Tunisia
TO TON 972 Tonga
TR TUR 640 Turkey|Türkiye
TT TTO 52 Trinidad and Tobago
TV TUV 973 Tuvalu
TW TWN 713 Taiwan
TZ TZA 510 Tanzania|Tanganyika|United Republic of Tanzania
UA UKR 369 Ukraine
UG UGA 500 Uganda
UM UMI - United States Minor Outlying Islands
US USA 2 United States|United States of America|US|USA|U.S.|U.S.A.
UY URY 165 Uruguay
UZ UZB 704 Uzbekistan
VA VAT - Vatican City|Holy See|Vatican
VC VCT 57 Saint Vincent and the Grenadines|St. Vincent and the Grenadines
VE VEN 101 Venezuela
VG VGB - British Virgin Islands
VI VIR - United States Virgin Islands
VN VNM 816 Vietnam|Viet Nam|Vietnam, Democratic Republic of
VU VUT 935 Vanuatu
WF WLF - Wallis and Futuna
WS WSM 990 Samoa
XK XKX 347 Kosovo
YE YEM 678 Yemen|North Yemen|Republic of Yemen
YT MYT - Mayotte
ZA ZAF 560 South Africa
ZM ZMB 551 Zambia
ZW ZWE 552 Zimbabwe|Rhodesia
""".splitlines()
    )
)

_BY_CODE: Final = {
    str(code): country for country in TABLE for code in (country.alpha2, country.alpha3, country.gw) if code is not None
}
_BY_NAME: Final = {_plain(name): country for country in TABLE for name in country.names}
