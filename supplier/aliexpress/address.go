package aliexpress

import (
	"fmt"
	"regexp"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"

	"golang.org/x/text/unicode/norm"

	"doorstep/connector"
	"doorstep/supplier"
)

// CodeAddress is the code of a rejection by the address rules, which AliExpress publishes
// in its change log and which are checked here before anything is sent.
const CodeAddress = "LOCAL_ADDRESS_RULE"

// recipient is logistics_address as order.create wants it, and the Saudi national address,
// which goes elsewhere in the request.
type recipient struct {
	Address     string `json:"address"`
	Address2    string `json:"address2,omitempty"`
	City        string `json:"city"`
	Province    string `json:"province"`
	Country     string `json:"country"`
	Zip         string `json:"zip,omitempty"`
	Contact     string `json:"contact_person"`
	FullName    string `json:"full_name"`
	Mobile      string `json:"mobile_no,omitempty"`
	PhoneCode   string `json:"phone_country,omitempty"`
	Locale      string `json:"locale,omitempty"`
	CPF         string `json:"cpf,omitempty"`
	Passport    string `json:"passport_no,omitempty"`
	ForeignPass string `json:"foreigner_passport_no,omitempty"`
	Foreigner   string `json:"is_foreigner,omitempty"`
	TaxNumber   string `json:"tax_number,omitempty"`
	RUT         string `json:"rut_no,omitempty"`

	national string
	iso      string // the country in ISO 3166
}

// recipientOf writes an address in AliExpress's fields.
func recipientOf(a supplier.Address, locale string) recipient {
	iso := strings.ToUpper(strings.TrimSpace(a.Country))
	r := recipient{
		Address: strings.TrimSpace(a.Line1), City: strings.TrimSpace(a.Locality),
		Province: strings.TrimSpace(a.Region), Country: theirCountry(iso), iso: iso,
		Zip: strings.TrimSpace(a.PostalCode), FullName: strings.Join(strings.Fields(a.Name), " "), Locale: locale,
	}
	r.Address2 = join(a.Company, a.Line2, a.Line3, a.Sublocality)
	r.PhoneCode, r.Mobile = phone(a.Phone, iso)
	tax := strings.TrimSpace(a.TaxID)
	switch iso {
	case "AU", "NZ":
		r.FullName = plainName(r.FullName)
	case "BR":
		r.CPF = onlyDigits(tax)
		if zip := onlyDigits(r.Zip); len(zip) == 8 {
			r.Zip = zip
		}
	case "CL":
		r.RUT, r.TaxNumber = tax, tax
	case "KR":
		r.Passport, r.Foreigner = tax, "false"
	case "IL":
		r.Passport, r.ForeignPass, r.Foreigner = onlyDigits(tax), onlyDigits(tax), "false"
	case "AR":
		id := onlyDigits(tax)
		if len(id) == 11 {
			id = id[:2] + "-" + id[2:10] + "-" + id[10:]
		}
		r.Passport, r.ForeignPass, r.Foreigner = id, id, "false"
		if len(r.Mobile) == 11 {
			r.Mobile = strings.TrimPrefix(r.Mobile, "9") // the mobile prefix of calls from abroad
		}
	case "SA":
		r.national = nationalAddress(a)
	default:
		r.TaxNumber = tax
	}
	r.Contact = r.FullName
	return r
}

var saudi = regexp.MustCompile(`^[A-Z]{4}[0-9]{4}$`)

// nationalAddress is the Saudi short address ("RAHA3443"), wherever the buyer wrote it.
func nationalAddress(a supplier.Address) string {
	for _, place := range []string{a.TaxID, a.Line3, a.Line2, a.Sublocality, a.PostalCode, a.Line1} {
		for word := range strings.FieldsSeq(strings.ToUpper(place)) {
			if word = strings.Trim(word, ",;()"); saudi.MatchString(word) {
				return word
			}
		}
	}
	return ""
}

// rule is what one country asks of one field.
type rule struct {
	countries string // space-separated; empty = all
	field     string // as the merchant knows it
	asks      string
	holds     func(r recipient) bool
}

// rules are AliExpress's own, from the change log of the DS API.
func rules(now time.Time) []rule {
	spaced := func(r recipient) bool { return strings.Contains(r.FullName, " ") }
	out := []rule{
		{"", "name", "must not be empty", func(r recipient) bool { return r.FullName != "" }},
		{"", "line 1", "must not be empty", func(r recipient) bool { return r.Address != "" }},
		{"", "city", "must not be empty", func(r recipient) bool { return r.City != "" }},
		{"", "country", "must be two letters (ISO 3166)", func(r recipient) bool { return len(r.iso) == 2 }},
		{"US SA AU NZ DZ ZA", "name", "needs a space between first and last name", spaced},
		{"US", "name", "must have 2 to 32 characters", within(2, 32, func(r recipient) string { return r.FullName })},
		{"SA AU NZ", "name", "must have 2 to 128 characters", within(2, 128, func(r recipient) string { return r.FullName })},
		{"AU NZ", "name", "may have English letters only", func(r recipient) bool { return english.MatchString(r.FullName) }},
		{"US", "line 1", "must have 5 to 35 characters; put the rest in line 2", within(5, 35, func(r recipient) string { return r.Address })},
		{"US", "region", "must be a state, not \"Other\"", func(r recipient) bool { return r.Province != "" && !strings.EqualFold(r.Province, "other") }},
		{"ES", "phone", "must have exactly 9 digits", digits(9, 9, mobile)},
		{"BR", "tax id", "must be the recipient's CPF, 11 digits", func(r recipient) bool { return validCPF(r.CPF) }},
		{"BR", "postal code", "must have 8 digits", func(r recipient) bool { return len(onlyDigits(r.Zip)) == 8 }},
		{"BR", "region", "must not be empty", func(r recipient) bool { return r.Province != "" }},
		{"BR", "city", "must be the real city, not \"Other\"", func(r recipient) bool { return !strings.EqualFold(r.City, "other") }},
		{"MX", "line 2", "may have 60 characters at most", within(0, 60, func(r recipient) string { return r.Address2 })},
		{"AR", "phone", "must have 10 digits", digits(10, 10, mobile)},
		{"AR", "tax id", "must be a CUIT or CUIL like 20-12345678-6", func(r recipient) bool { return cuit.MatchString(r.Passport) }},
		{"IL", "tax id", "must be an identity number of 9 digits", digits(9, 9, func(r recipient) string { return r.Passport })},
		{"SA", "phone", "must have 9 digits, the first a 5", func(r recipient) bool { return len(r.Mobile) == 9 && r.Mobile[0] == '5' }},
		{"SA", "line 1", "must have 5 to 256 characters", within(5, 256, func(r recipient) string { return r.Address })},
		{"SA", "city", "must have 2 to 64 characters", within(2, 64, func(r recipient) string { return r.City })},
		{"SA", "postal code", "must have 1 to 10 digits", func(r recipient) bool { return saudiZip.MatchString(r.Zip) }},
	}
	if !now.Before(time.Date(2025, 12, 4, 0, 0, 0, 0, time.UTC)) {
		out = append(out, rule{"SA", "tax id", "must be the national short address, 4 letters and 4 digits like RAHA3443", func(r recipient) bool { return saudi.MatchString(r.national) }})
	}
	return out
}

var (
	english  = regexp.MustCompile(`^[A-Za-z ]+$`)
	cuit     = regexp.MustCompile(`^[0-9]{2}-[0-9]{8}-[0-9]$`)
	saudiZip = regexp.MustCompile(`^[0-9 -]{1,10}$`)
)

func mobile(r recipient) string { return r.Mobile }

func within(least, most int, of func(recipient) string) func(recipient) bool {
	return func(r recipient) bool {
		n := utf8.RuneCountInString(of(r))
		return n >= least && n <= most
	}
}

func digits(least, most int, of func(recipient) string) func(recipient) bool {
	return func(r recipient) bool {
		s := of(r)
		return s == onlyDigits(s) && len(s) >= least && len(s) <= most
	}
}

// check holds the address to the rules of its country and names every field that fails.
func (r recipient) check(now time.Time) error {
	var words []string
	for _, one := range rules(now) {
		if one.countries != "" && !strings.Contains(" "+one.countries+" ", " "+r.iso+" ") {
			continue
		}
		if !one.holds(r) {
			words = append(words, one.field+" "+one.asks)
		}
	}
	if len(words) == 0 {
		return nil
	}
	return &connector.Rejected{
		Code: CodeAddress, Cause: connector.CauseAddress,
		Words: fmt.Sprintf("AliExpress does not take this address to %s: %s", r.iso, strings.Join(words, "; ")),
	}
}

// validCPF checks the two check digits of a Brazilian taxpayer's number.
func validCPF(s string) bool {
	if len(s) != 11 || strings.Count(s, s[:1]) == 11 {
		return false
	}
	for n := 9; n < 11; n++ {
		sum := 0
		for i := range n {
			sum += int(s[i]-'0') * (n + 1 - i)
		}
		if (sum*10)%11%10 != int(s[n]-'0') {
			return false
		}
	}
	return true
}

func onlyDigits(s string) string {
	return strings.Map(func(r rune) rune {
		if r >= '0' && r <= '9' {
			return r
		}
		return -1
	}, s)
}

// plainName is a name in English letters as far as that goes: marks and apostrophes
// dropped, hyphens and dots made spaces.
func plainName(s string) string {
	s = strings.Map(func(r rune) rune {
		switch {
		case unicode.Is(unicode.Mn, r), r == '\'', r == '’':
			return -1
		case r == '-', r == '.':
			return ' '
		}
		return r
	}, norm.NFD.String(s))
	return strings.Join(strings.Fields(s), " ")
}

func join(parts ...string) string {
	var out []string
	for _, p := range parts {
		if p = strings.TrimSpace(p); p != "" {
			out = append(out, p)
		}
	}
	return strings.Join(out, ", ")
}
