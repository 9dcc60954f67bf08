package aliexpress

import "strings"

// AliExpress has a few country codes of its own.
const ownCodes = "GB:UK RS:SRB ME:MNE XK:KS "

// theirCountry is an ISO 3166 alpha-2 code as AliExpress spells it.
func theirCountry(iso string) string {
	iso = strings.ToUpper(strings.TrimSpace(iso))
	if _, after, found := strings.Cut(ownCodes, iso+":"); found && len(iso) == 2 {
		theirs, _, _ := strings.Cut(after, " ")
		return theirs
	}
	return iso
}

// ourCountry is AliExpress's code as ISO 3166 alpha-2; empty if it is none.
func ourCountry(theirs string) string {
	theirs = strings.ToUpper(theirs)
	if before, _, found := strings.Cut(ownCodes, ":"+theirs+" "); found && theirs != "" {
		return before[len(before)-2:]
	}
	if len(theirs) != 2 {
		return ""
	}
	return theirs
}

// shipFrom is the values of the property "Ships From" (id 200007763).
const shipFrom = "CHINA:CN;UNITED STATES:US;SPAIN:ES;FRANCE:FR;GERMANY:DE;ITALY:IT;POLAND:PL;" +
	"UNITED KINGDOM:GB;RUSSIAN FEDERATION:RU;CZECH REPUBLIC:CZ;BELGIUM:BE;AUSTRALIA:AU;" +
	"BRAZIL:BR;TURKEY:TR;SAUDI ARABIA:SA;UNITED ARAB EMIRATES:AE;UKRAINE:UA;CHILE:CL;" +
	"INDONESIA:ID;KOREA:KR;JAPAN:JP;MEXICO:MX;NETHERLANDS:NL;PORTUGAL:PT"

// countryNamed is a "Ships From" value as ISO 3166 alpha-2; empty if it is unknown.
func countryNamed(value string) string {
	value = strings.ToUpper(strings.TrimSpace(value))
	if len(value) == 2 {
		return value
	}
	for entry := range strings.SplitSeq(shipFrom, ";") {
		if name, code, _ := strings.Cut(entry, ":"); name == value {
			return code
		}
	}
	return ""
}

// dial is the calling codes by country (ITU E.164), for the countries that AliExpress
// ships to.
const dial = "AD376 AE971 AF93 AG1 AI1 AL355 AM374 AO244 AR54 AS1 AT43 AU61 AW297 AX358 AZ994 BA387 BB1 BD880 BE32 BF226 " +
	"BG359 BH973 BI257 BJ229 BL590 BM1 BN673 BO591 BQ599 BR55 BS1 BT975 BW267 BY375 BZ501 CA1 CC61 CD243 CF236 CG242 CH41 " +
	"CI225 CK682 CL56 CM237 CN86 CO57 CR506 CU53 CV238 CW599 CX61 CY357 CZ420 DE49 DJ253 DK45 DM1 DO1 DZ213 EC593 EE372 " +
	"EG20 EH212 ER291 ES34 ET251 FI358 FJ679 FK500 FM691 FO298 FR33 GA241 GB44 GD1 GE995 GF594 GG44 GH233 GI350 GL299 " +
	"GM220 GN224 GP590 GQ240 GR30 GT502 GU1 GW245 GY592 HK852 HN504 HR385 HT509 HU36 ID62 IE353 IL972 IM44 IN91 IO246 " +
	"IQ964 IR98 IS354 IT39 JE44 JM1 JO962 JP81 KE254 KG996 KH855 KI686 KM269 KN1 KP850 KR82 KW965 KY1 KZ7 LA856 LB961 " +
	"LC1 LI423 LK94 LR231 LS266 LT370 LU352 LV371 LY218 MA212 MC377 MD373 ME382 MF590 MG261 MH692 MK389 ML223 MM95 MN976 " +
	"MO853 MP1 MQ596 MR222 MS1 MT356 MU230 MV960 MW265 MX52 MY60 MZ258 NA264 NC687 NE227 NF672 NG234 NI505 NL31 NO47 " +
	"NP977 NR674 NU683 NZ64 OM968 PA507 PE51 PF689 PG675 PH63 PK92 PL48 PM508 PR1 PS970 PT351 PW680 PY595 QA974 RE262 " +
	"RO40 RS381 RU7 RW250 SA966 SB677 SC248 SD249 SE46 SG65 SH290 SI386 SJ47 SK421 SL232 SM378 SN221 SO252 SR597 SS211 " +
	"ST239 SV503 SX1 SY963 SZ268 TC1 TD235 TG228 TH66 TJ992 TK690 TL670 TM993 TN216 TO676 TR90 TT1 TV688 TW886 TZ255 " +
	"UA380 UG256 US1 UY598 UZ998 VA39 VC1 VE58 VG1 VI1 VN84 VU678 WF681 WS685 XK383 YE967 YT262 ZA27 ZM260 ZW263 "

// callingCode is the digits after the "+" of a country's telephone numbers.
func callingCode(country string) string {
	for entry := range strings.FieldsSeq(dial) {
		if entry[:2] == country {
			return entry[2:]
		}
	}
	return ""
}

// keepsZero says whether numbers of the country keep a leading zero after the calling code.
func keepsZero(country string) bool { return strings.Contains("IT SM VA CI CG GA", country) }

// phone takes a number as people write it apart into "+" and calling code, and the
// national number in digits. A number without "+" or "00" is national.
func phone(number, country string) (code, national string) {
	own := callingCode(country)
	digits := strings.Map(func(r rune) rune {
		if r >= '0' && r <= '9' {
			return r
		}
		return -1
	}, number)
	international := strings.HasPrefix(strings.TrimSpace(number), "+")
	if !international && strings.HasPrefix(digits, "00") {
		international, digits = true, digits[2:]
	}
	switch {
	case digits == "":
		return "", ""
	case international && own != "" && strings.HasPrefix(digits, own):
		digits = digits[len(own):]
	case international:
		own, digits = foreign(digits)
	}
	if !keepsZero(country) {
		digits = strings.TrimLeft(digits, "0")
	}
	if own == "" {
		return "", digits
	}
	return "+" + own, digits
}

// foreign finds the calling code that a number of another country begins with.
func foreign(digits string) (code, national string) {
	for n := 3; n > 0; n-- {
		if len(digits) <= n {
			continue
		}
		for entry := range strings.FieldsSeq(dial) {
			if entry[2:] == digits[:n] {
				return digits[:n], digits[n:]
			}
		}
	}
	return "", digits
}
