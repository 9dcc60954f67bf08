package aliexpress_test

import (
	"errors"
	"strings"
	"testing"

	"doorstep/connector"
	"doorstep/supplier"
)

// base addresses that hold to every rule of their country.
func lawful(country string) supplier.Address {
	a := map[string]supplier.Address{
		"US": {Name: "Ann Example", Line1: "12 Mill Lane", Locality: "Springfield", Region: "IL", PostalCode: "62704", Phone: "+1 555 555 0100"},
		"ES": {Name: "Ana Ejemplo", Line1: "Calle Mayor 1", Locality: "Madrid", Region: "M", PostalCode: "28013", Phone: "+34 612 345 678"},
		"BR": {Name: "Ana Exemplo", Line1: "Rua Augusta 100", Locality: "São Paulo", Region: "SP", PostalCode: "01304-000", Phone: "+55 11 91234 5678", TaxID: "529.982.247-25"},
		"MX": {Name: "Ana Ejemplo", Line1: "Av. Reforma 1", Locality: "Ciudad de México", Region: "CDMX", PostalCode: "06600", Phone: "+52 55 1234 5678"},
		"DZ": {Name: "Amina Exemple", Line1: "Rue Didouche 1", Locality: "Alger", Region: "Alger", PostalCode: "16000", Phone: "+213 551 23 45 67"},
		"ZA": {Name: "Ann Example", Line1: "1 Long Street", Locality: "Cape Town", Region: "Western Cape", PostalCode: "8001", Phone: "+27 82 123 4567"},
		"AR": {Name: "Ana Ejemplo", Line1: "Av. Corrientes 100", Locality: "Buenos Aires", Region: "Buenos Aires", PostalCode: "C1043", Phone: "+54 9 11 2345 6789", TaxID: "20123456786"},
		"IL": {Name: "שרה כהן", Line1: "רחוב דיזנגוף 99", Locality: "תל אביב", Region: "תל אביב", PostalCode: "6433222", Phone: "+972 52 123 4567", TaxID: "123456782"},
		"SA": {Name: "مريم خالد", Line1: "شارع الملك فهد ٢٥", Line2: "RAHA3443", Locality: "الرياض", Region: "الرياض", PostalCode: "12211", Phone: "+966 50 123 4567"},
		"AU": {Name: "Zoë O'Neil-Smith", Line1: "1 George Street", Locality: "Sydney", Region: "NSW", PostalCode: "2000", Phone: "+61 412 345 678"},
		"DE": {Name: "Jörg Müßig", Line1: "Marienplatz 1", Locality: "Garching", Region: "Bayern", PostalCode: "85748", Phone: "0171 1234567"},
		"NG": {Name: "Ada Example", Line1: "1 Marina", Locality: "Ikeja", Region: "Lagos", PostalCode: "100271", Phone: "+234 803 123 4567"},
	}[country]
	a.Country = country
	return a
}

// What we hold lawful, the emulator's own judgement holds lawful too.
func TestLawfulAddressesPass(t *testing.T) {
	t.Parallel()
	s := newStage(t, nil)
	c := s.open()
	for _, country := range []string{"US", "ES", "BR", "MX", "DZ", "ZA", "AR", "IL", "SA", "AU", "DE", "NG"} {
		o := order("LAWFUL-"+country, mug)
		o.Address = lawful(country)
		if _, err := c.Submit(t.Context(), o); err != nil {
			t.Errorf("%s: %v", country, err)
		}
	}
	sent := map[string]map[string]string{}
	for _, b := range s.Books() {
		sent[b.Key] = b.Address
	}
	for _, want := range [][3]string{
		{"US", "province", "Illinois"}, {"US", "phone_country", "+1"}, {"US", "mobile_no", "5555550100"}, {"US", "locale", "en_US"},
		{"BR", "cpf", "52998224725"}, {"BR", "province", "Sao Paulo"}, {"BR", "city", "Sao Paulo"}, {"BR", "zip", "01304000"},
		{"AR", "mobile_no", "1123456789"}, {"AR", "passport_no", "20-12345678-6"},
		{"IL", "foreigner_passport_no", "123456782"}, {"IL", "is_foreigner", "false"},
		{"AU", "full_name", "Zoe ONeil Smith"}, {"DE", "city", "Other"}, {"DE", "address2", "Garching"}, {"NG", "province", "Lagos State"},
	} {
		if got := sent["LAWFUL-"+want[0]][want[1]]; got != want[2] {
			t.Errorf("%s: %s is %q, want %q", want[0], want[1], got, want[2])
		}
	}
}

func TestEveryAddressRule(t *testing.T) {
	t.Parallel()
	s := newStage(t, nil)
	c := s.open()
	long := strings.Repeat("x", 36)
	for _, one := range []struct {
		country, field string
		spoil          func(a *supplier.Address)
	}{
		{"DE", "name", func(a *supplier.Address) { a.Name = " " }},
		{"DE", "line 1", func(a *supplier.Address) { a.Line1 = "" }},
		{"DE", "city", func(a *supplier.Address) { a.Locality = "" }},
		{"DE", "country", func(a *supplier.Address) { a.Country = "" }},
		{"US", "name", func(a *supplier.Address) { a.Name = "Cher" }},
		{"US", "name", func(a *supplier.Address) { a.Name = "Ann " + long }},
		{"US", "line 1", func(a *supplier.Address) { a.Line1 = "1 A" }},
		{"US", "line 1", func(a *supplier.Address) { a.Line1 = long }},
		{"US", "region", func(a *supplier.Address) { a.Region = "Other" }},
		{"US", "region", func(a *supplier.Address) { a.Region = "" }},
		{"US", "region", func(a *supplier.Address) { a.Region = "Atlantis" }},
		{"ES", "phone", func(a *supplier.Address) { a.Phone = "+34 61234567" }},
		{"ES", "phone", func(a *supplier.Address) { a.Phone = "" }},
		{"BR", "tax id", func(a *supplier.Address) { a.TaxID = "" }},
		{"BR", "tax id", func(a *supplier.Address) { a.TaxID = "52998224724" }},
		{"BR", "postal code", func(a *supplier.Address) { a.PostalCode = "1304" }},
		{"BR", "city", func(a *supplier.Address) { a.Locality = "Other" }},
		{"BR", "region", func(a *supplier.Address) { a.Region = "" }},
		{"MX", "line 2", func(a *supplier.Address) { a.Line2 = long + long }},
		{"DZ", "name", func(a *supplier.Address) { a.Name = "Amina" }},
		{"ZA", "name", func(a *supplier.Address) { a.Name = "Ann" }},
		{"AU", "name", func(a *supplier.Address) { a.Name = "李 小龙" }},
		{"AR", "phone", func(a *supplier.Address) { a.Phone = "+54 12345" }},
		{"AR", "tax id", func(a *supplier.Address) { a.TaxID = "123" }},
		{"IL", "tax id", func(a *supplier.Address) { a.TaxID = "12345678" }},
		{"SA", "phone", func(a *supplier.Address) { a.Phone = "+966 11 123 4567" }},
		{"SA", "name", func(a *supplier.Address) { a.Name = "مريم" }},
		{"SA", "postal code", func(a *supplier.Address) { a.PostalCode = "" }},
		{"SA", "tax id", func(a *supplier.Address) { a.Line2 = "RAHA344" }},
	} {
		o := order("RULE", mug)
		o.Address = lawful(one.country)
		one.spoil(&o.Address)
		_, err := c.Submit(t.Context(), o)
		var rejected *connector.Rejected
		if !errors.As(err, &rejected) || rejected.Cause != connector.CauseAddress || !strings.Contains(rejected.Words, one.field+" ") && !strings.Contains(rejected.Words, one.field+":") {
			t.Errorf("%s, %s spoilt: %v", one.country, one.field, err)
		}
	}
	if n := len(s.Books()); n != 0 {
		t.Errorf("%d orders were sent", n)
	}
}

// The list of provinces is a help: without it orders go all the same.
func TestProvincesUnreachable(t *testing.T) {
	t.Parallel()
	s := newStage(t, nil)
	s.Fail("aliexpress.ds.address.get", "15", "isp.service-unavailable", "down")
	c := s.open()
	for _, key := range []string{"NOLIST-1", "NOLIST-2"} {
		o := order(key, mug)
		o.Address = lawful("US")
		s.submit(c, o)
	}
	if got := s.Books()[1].Address["province"]; got != "Illinois" {
		t.Errorf("province %q", got)
	}
}
