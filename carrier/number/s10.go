package number

import (
	"strconv"
	"strings"
	"sync"
)

// operator is the postal service that numbers the items of a country.
type operator struct {
	name      string
	seventeen int
}

// operators lists who may issue an S10 number: the 191 countries of the data set
// (see NOTICE) and, because parcels from there are everyday, territories that it
// leaves out but the UPU gives their own code (Taiwan, Macao, Jersey and so on).
// Each line: ISO 3166 code, 17TRACK's carrier code (0 where its list has several
// services, or none, for the country), name of the operator.
const operators = `
AE 5031 Emirates Post
AF 1021 Afghan Post
AG 0 Antigua Postal Services
AI 90021 Anguilla Post
AL 1031 Posta Shqiptare
AM 1131 Haypost
AO 0 Correios de Angola
AR 1121 Correo Argentino
AT 1161 Österreichische Post
AU 1151 Australia Post
AW 92031 Post Aruba
AX 91021 Åland Post
AZ 1171 Azarpoçt
BA 0 BH Pošta
BB 2041 Barbados Postal Service
BD 2031 Bangladesh Post Office
BE 2061 bpost
BF 2181 Sonapost
BG 2171 Bulgarian Posts
BH 0 Bahrain Post
BI 2191 Régie nationale des postes
BJ 2081 La Poste du Bénin
BM 90041 Bermuda Post
BN 2161 Brunei Postal Services
BO 0 Correos de Bolivia
BR 2151 Correios
BS 0 Bahamas Postal Service
BT 2101 Bhutan Post
BW 2131 BotswanaPost
BY 2051 Belpochta
BZ 2071 Belize Postal Service
CA 3041 Canada Post
CD 0 Poste du Congo
CF 0 Office national des postes et de l'épargne
CG 0 La Poste du Congo
CH 19251 Swiss Post
CI 0 La Poste de Côte d’Ivoire
CK 0 Cook Islands Post
CL 3101 Correos de Chile
CM 3031 Campost
CN 3011 China Post
CO 3131 4-72
CR 3181 Correos de Costa Rica
CU 3201 Correos de Cuba
CV 3061 Correios de Cabo Verde
CW 0 Cpost
CY 3211 Cyprus Post
CZ 3221 Česká Pošta
DE 0 Deutsche Post
DJ 0 La Poste de Djibouti
DK 4011 PostNord Danmark
DM 0 Dominica Post
DO 4041 Inposdom
DZ 0 Algérie Poste
EC 5011 Correos del Ecuador
EE 5041 Omniva
EG 5021 Egypt Post
ER 0 Eritrean Postal Service
ES 19181 Correos
ET 5051 Ethiopian postal service
FI 6041 Posti
FJ 6031 Post Fiji
FK 0 Falkland Islands Post
FO 96021 Posta (Faroe Islands)
FR 6051 La Poste
GA 0 La Poste SA
GB 11031 Royal Mail
GD 0 Grenada Postal Corporation
GE 7031 Georgian Post
GG 0 Guernsey Post
GH 7051 Ghana Post
GI 90061 Royal Gibraltar Post
GL 96031 Tusass Post
GM 0 Gambia Postal services Corporation
GN 0 La Poste guinéenne
GQ 0 Equatorial Guinea Post
GR 7071 ELTA
GT 7121 Correos de Guatemala
GW 0 Correios da Guiné-Bissau
GY 7141 Guyana Post
HK 8011 Hongkong Post
HN 8041 Honducor
HR 3191 Hrvatska pošta
HT 0 Office des Postes d’Haiti
HU 8051 Magyar Posta
ID 9031 Pos Indonesia
IE 9051 An Post
IL 9061 Israel Post
IM 0 Isle of Man Post
IN 9021 India Post
IQ 9081 Iraqi Post
IR 9041 Iran Post
IS 9011 Íslandspóstur
IT 9071 Poste Italiane
JE 90091 Jersey Post
JM 10011 Jamaica Post
JO 10031 Jordan Post
JP 10021 Japan Post
KE 11021 Posta Kenya
KG 0 Kyrgyz Post
KH 3021 Cambodia Post
KI 11041 Kiribati Post
KM 0 La Poste des Comores
KN 0 St. Kitts & Nevis Postal Services
KP 0 Korea Post (DPRK)
KR 11051 Korea Post
KW 11081 Kuwait Post
KY 0 Cayman Islands Postal Service
KZ 11011 Kazpost
LA 0 La Poste Lao
LB 12031 LibanPost
LC 12091 Saint Lucia Postal Service
LI 0 Liechtensteinische Post
LK 19191 Sri Lanka Post
LR 0 Liberia Post
LS 12041 Lesotho Post
LT 12081 Lietuvos Pastas
LU 12101 POST Luxembourg
LV 12021 Latvia Post
LY 12061 Libya Post
MA 13211 Poste Maroc
MC 0 La Poste Monaco
MD 13161 Posta Moldovei
ME 13191 Pošta Crne Gore
MG 13031 PAOSITRA MALAGASY
MK 13021 Makedonska Pošta
ML 13071 La Poste du Mali
MM 13231 Myanmar Post
MN 13181 Mongol Post
MO 13011 Macao Post
MR 0 Mauripost
MS 0 Montserrat Post
MT 13081 Malta Post
MU 0 Mauritius Post
MV 13061 Maldives Post
MW 0 Malawi Posts Corporation
MX 13141 Correos de México
MY 13051 Pos Malaysia
MZ 13221 Correios de Moçambique
NA 14011 NamPost
NC 97021 OPT Nouvelle-Calédonie
NE 0 Niger Poste
NG 14101 Nigerian Postal Service
NI 14071 Correos de Nicaragua
NL 0 PostNL
NO 14081 Posten
NP 14031 Nepal Postal Services
NR 0 Nauru Post
NU 0 Niue Post
NZ 14061 New Zealand Post
OM 15011 Oman Post
PA 16031 Correos de Panamá
PE 16061 Serpost
PF 0 Fare Rata
PG 16041 Post PNG
PH 16071 Philippine Post
PK 16011 Pakistan Post
PL 16081 Poczta Polska
PS 16021 Palestine Post
PT 16101 CTT Correios
PY 16051 Correo Paraguayo
QA 17011 Qatar Post
RO 18021 Posta Romana
RS 0 Pošta Srbije
RU 18031 Russian Post
RW 18041 Iposita
SA 19071 Saudi Post
SB 19161 Solomon Post
SC 19111 Seychelles Postal Service
SD 19201 Sudapost
SE 19241 PostNord Sverige
SG 19131 SingPost
SH 0 Saint Helena Post
SI 19151 Pošta Slovenije
SK 19141 Slovenská Posta
SL 0 Sierra Leone Postal Services
SM 19051 Poste San Marino
SN 19081 La Poste Senegal
SO 0 Somali Post
SR 0 Surpost
SS 0 South Sudan Post
ST 0 Correios de São Tomé e Príncipe
SV 19031 Correos de El Salvador
SX 0 Postal Services Sint Maarten
SY 0 Syrian Post
SZ 0 Eswatini Post
TC 0 Turks and Caicos Post
TD 0 Société tchadienne des postes
TG 20051 La Poste du Togo
TH 20041 Thailand Post
TJ 0 Tajik Post
TL 0 Correios de Timor Leste
TM 0 Turkmenpost
TN 20101 La Poste Tunisienne
TO 20061 Tonga Post
TR 20111 PTT
TT 20071 TTPost
TV 20091 Tuvalu Post
TW 20011 Chunghwa Post
TZ 20031 Tanzania Posts Corporation
UA 21021 Ukrposhta
UG 21011 Posta Uganda
US 21051 USPS
UY 21041 Correo Uruguayo
UZ 21031 Post of Uzbekistan
VA 0 Poste Vaticane
VC 19021 SVG Postal Corporation
VE 22031 Ipostel
VG 0 BVI Post
VN 22041 Vietnam Post
VU 22021 Vanuatu Post
WF 0 Poste de Wallis-et-Futuna
WS 19281 Samoa Post
XK 11071 Post of Kosovo
YE 25011 Yemen Post
ZA 19171 South African Post Office
ZM 26011 Zampost
ZW 26021 Zimpost
`

// operatorTable parses operators once.
var operatorTable = sync.OnceValue(func() map[string]operator {
	table := make(map[string]operator, 256)
	for line := range strings.Lines(strings.TrimSpace(operators)) {
		fields := strings.SplitN(strings.TrimSpace(line), " ", 3)
		code, _ := strconv.Atoi(fields[1]) // a test reads every line
		table[fields[0]] = operator{name: fields[2], seventeen: code}
	}
	return table
})

// postal completes an S10 candidate with its country's operator. It reports false
// where no such country exists, which makes the number invalid.
func postal(c *Candidate, s string) bool {
	country := s[len(s)-2:]
	op, ok := operatorTable()[country]
	if !ok {
		return false
	}
	c.Country, c.CarrierName = country, op.name
	if !split(country, s[0]) {
		c.SeventeenTrack = op.seventeen
	}
	if home, ok := ofCountry(country); ok {
		c.URL = home.link(s)
	}
	return true
}

// split reports whether the operator's express mail or parcels are another
// service at 17TRACK, so that the country alone does not settle its code.
func split(country string, class byte) bool {
	switch country {
	case "CN", "VN":
		return class == 'E'
	case "GB":
		return class == 'E' || class == 'C'
	}
	return false
}
