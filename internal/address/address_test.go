package address_test

import (
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"doorstep/internal/address"
)

func good() address.Address {
	return address.Address{Name: "Ann Lee", Line1: "1 High Street", Locality: "Leeds", PostalCode: "LS1 4DY", Country: "GB"}
}

func TestPostcodesAreWrittenAsThePostOfficeDoes(t *testing.T) {
	t.Parallel()
	for _, c := range [][3]string{
		{"GB", "ls14dy", "LS1 4DY"}, {"GB", " sw1a 1aa ", "SW1A 1AA"}, {"CA", "k1a0b1", "K1A 0B1"}, {"NL", "1012ab", "1012 AB"},
		{"SE", "11455", "114 55"}, {"PL", "00950", "00-950"}, {"PT", "1000 205", "1000-205"}, {"BR", "01310100", "01310-100"},
		{"JP", "1000001", "100-0001"}, {"US", "90210", "90210"}, {"US", "902101234", "90210-1234"}, {"DE", "10115", "10115"},
		{"DE", "D-10115", "D-10115"}, {"IE", "d02x285", "D02 X285"}, {"GB", "nonsense", "NONSENSE"}, {"HK", "", ""},
	} {
		if got := address.Clean(address.Address{Country: c[0], PostalCode: c[1]}).PostalCode; got != c[2] {
			t.Errorf("%s %q is %q, not %q", c[0], c[1], got, c[2])
		}
	}
}

func TestRegionsAreFoundByName(t *testing.T) {
	t.Parallel()
	for _, c := range [][3]string{
		{"US", "california", "CA"}, {"US", "ny", "NY"}, {"BR", "Sao Paulo", "SP"}, {"JP", "Tokyo", "13"}, {"JP", "東京都", "13"},
		{"CA", "québec", "QC"}, {"US", "Atlantis", "Atlantis"}, {"DE", "Bayern", "Bayern"},
	} {
		if got := address.Clean(address.Address{Country: strings.ToLower(c[0]), Region: c[1]}).Region; got != c[2] {
			t.Errorf("%s %q is %q, not %q", c[0], c[1], got, c[2])
		}
	}
}

func TestCheckNamesEveryField(t *testing.T) {
	t.Parallel()
	cases := map[string]struct {
		change func(*address.Address)
		want   []string
	}{
		"good":            {func(*address.Address) {}, nil},
		"no name":         {func(a *address.Address) { a.Name = "" }, []string{"name missing"}},
		"no country":      {func(a *address.Address) { a.Country = "" }, []string{"country missing"}},
		"strange country": {func(a *address.Address) { a.Country = "XX" }, []string{"country unknown"}},
		"no street":       {func(a *address.Address) { a.Line1, a.Locality = "", "" }, []string{"line1 missing", "locality missing"}},
		"bad postcode":    {func(a *address.Address) { a.PostalCode = "12345" }, []string{"postal_code pattern"}},
		"no postcode":     {func(a *address.Address) { a.PostalCode = "" }, []string{"postal_code missing"}},
		"long":            {func(a *address.Address) { a.Line2 = strings.Repeat("é", 201) }, []string{"line2 too-long"}},
		"phone":           {func(a *address.Address) { a.Phone = "call me" }, []string{"phone pattern"}},
		"good phone":      {func(a *address.Address) { a.Phone = "+44 (0)113 496-0000" }, nil},
		"American": {func(a *address.Address) { a.Country, a.PostalCode, a.Region = "US", "90210", "Atlantis" },
			[]string{"region unknown"}},
		"no state": {func(a *address.Address) { a.Country, a.PostalCode = "US", "90210" }, []string{"region missing"}},
	}
	for name, c := range cases {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			a := good()
			c.change(&a)
			var got []string
			for _, p := range address.Check(address.Clean(a)) {
				got = append(got, p.Field+" "+p.Code)
				if len(p.Words) < 10 {
					t.Errorf("%s: %q helps nobody", p.Field, p.Words)
				}
			}
			slices.Sort(got)
			if diff := cmp.Diff(c.want, got); diff != "" {
				t.Error(diff)
			}
		})
	}
}

func TestEveryCountryHasRules(t *testing.T) {
	t.Parallel()
	list := address.Countries()
	if len(list) < 240 {
		t.Fatalf("only %d countries", len(list))
	}
	for _, c := range list {
		r, ok := address.Of(strings.ToLower(c.Code))
		if !ok || r.Country != c.Code || r.Name == "" || len(r.Fields) < 5 {
			t.Errorf("%s: %+v", c.Code, r)
		}
		for _, f := range r.Fields {
			if f.Name == "" || f.Label == "" {
				t.Errorf("%s: field %+v", c.Code, f)
			}
		}
	}
	us, _ := address.Of("US")
	if f := us.Fields[len(us.Fields)-4]; f.Name != "region" || f.Label != "State" || len(f.Choices) < 50 {
		t.Errorf("the American region is %+v", f)
	}
	if _, ok := address.Of("ZZ"); ok {
		t.Error("ZZ is no country")
	}
}

func TestLabels(t *testing.T) {
	t.Parallel()
	us := address.Address{Name: "Bo", Company: "Acme", Line1: "1 Main St", Locality: "Austin", Region: "TX", PostalCode: "78701", Country: "US"}
	jp := address.Address{Name: "Ken", Line1: "1-1 Chiyoda", Locality: "Chiyoda", Region: "13", PostalCode: "100-0001", Country: "JP"}
	hk := address.Address{Name: "Mei", Line1: "8 Finance St", Locality: "Central", PostalCode: "999077", Country: "HK"}
	for _, c := range []struct {
		a    address.Address
		from string
		want string
	}{
		{good(), "GB", "Ann Lee|1 High Street|Leeds|LS1 4DY"},
		{good(), "DE", "Ann Lee|1 High Street|Leeds|LS1 4DY|UNITED KINGDOM"},
		{us, "CN", "Bo|Acme|1 Main St|Austin, TX 78701|UNITED STATES"},
		{jp, "CN", "Ken|1-1 Chiyoda|Chiyoda, Tokyo|100-0001|JAPAN"},
		{hk, "HK", "Mei|8 Finance St|Central|999077"},
		{address.Address{}, "", ""},
	} {
		if got := strings.Join(address.Lines(c.a, c.from), "|"); got != c.want {
			t.Errorf("label %q, not %q", got, c.want)
		}
	}
}

func TestCleanIsStable(t *testing.T) {
	t.Parallel()
	codes := make([]string, 0, 250)
	for _, c := range address.Countries() {
		codes = append(codes, c.Code)
	}
	rapid.Check(t, func(r *rapid.T) {
		a := address.Address{
			Name: rapid.String().Draw(r, "name"), Line1: rapid.String().Draw(r, "line1"), Locality: rapid.String().Draw(r, "town"),
			PostalCode: rapid.StringMatching(`[A-Za-z0-9 -]{0,10}`).Draw(r, "code"), Region: rapid.String().Draw(r, "region"),
			Country: rapid.SampledFrom(codes).Draw(r, "country"),
		}
		once := address.Clean(a)
		if diff := cmp.Diff(once, address.Clean(once)); diff != "" {
			t.Fatal(diff)
		}
		for _, line := range address.Lines(once, "ZZ") {
			if strings.ContainsAny(line, "\n\r\t\x00") {
				t.Fatalf("line %q", line)
			}
		}
		_ = address.Check(once).Error()
	})
}
