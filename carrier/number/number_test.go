package number

import (
	"fmt"
	"math/rand/v2"
	"reflect"
	"slices"
	"strings"
	"testing"
)

func TestNormalise(t *testing.T) {
	t.Parallel()
	for in, want := range map[string]string{
		"":                            "",
		"  1z 5r8-9039 ":              "1Z5R89039",
		"rb–123—456‑789 gb\u200b\r\n": "RB123456789GB",
		"\ufeffｙｔ１２３４":                "YT1234",
		"no. 12":                      "NO.12",
		"１２３－４":                       "1234",
		"été":                         "éTé",
	} {
		if got := Normalise(in); got != want {
			t.Errorf("Normalise(%q) = %q, want %q", in, got, want)
		}
	}
}

func TestNothing(t *testing.T) {
	t.Parallel()
	for _, s := range []string{"", " ", "-", "hello", "RB12345", "1Z!999AA10123456784", "ＡＢ", "\xff\xfe",
		strings.Repeat("9", 42), strings.Repeat("9", 100_000), "９９９９９９９９９９９９９９é"} {
		if got := Recognise(s); got != nil {
			t.Errorf("Recognise(%.20q) = %+v, want nil", s, got)
		}
	}
}

// TestSpelling writes numbers as people and spreadsheets do.
func TestSpelling(t *testing.T) {
	t.Parallel()
	m := mint{rand.New(rand.NewPCG(3, 4))}
	for _, v := range vectors() {
		good, _ := m.make(v)
		want := Recognise(good)
		for _, s := range []string{
			strings.ToLower(good), " " + good + "\t\n", strings.Join(strings.Split(good, ""), " "),
			strings.Join(strings.Split(good, ""), "-"),
		} {
			if got := Recognise(s); !reflect.DeepEqual(got, want) {
				t.Errorf("Recognise(%q) = %+v, want %+v", s, got, want)
			}
		}
	}
}

// TestRanking states which reading of an ambiguous number comes first.
func TestRanking(t *testing.T) {
	t.Parallel()
	m := mint{rand.New(rand.NewPCG(5, 6))}
	first := func(id string) string {
		for _, v := range vectors() {
			if v.format == id {
				good, _ := m.make(v)
				return good
			}
		}
		return ""
	}
	// Distinct letters or long check digits: always first.
	for _, id := range []string{"ups", "s10", "usps_impb_n", "usps_impb_c", "amazon_logistics", "yunexpress",
		"gofo_us", "landmark_global", "fedex_ground_96", "fedex_ground_gsn", "dpd", "ontrac_c", "yodel", "canpar_22"} {
		for range 50 {
			if s := first(id); Recognise(s)[0].Format != id {
				t.Errorf("%s: %s is read as %+v", id, s, Recognise(s)[0])
			}
		}
	}
	// Fourteen digits alone say little.
	if got := Recognise("12345678901234"); len(got) != 1 || got[0].Confidence > 30 {
		t.Errorf("14 digits: %+v", got)
	}
	// A postal number with a DHL eCommerce prefix is a postal number first.
	lx := "LX12345678" + upuTable("12345678") + "SG"
	if got := Recognise(lx); len(got) != 2 || got[0].Format != "s10" || got[1].Format != "dhl_ecommerce" {
		t.Errorf("%s: %+v", lx, got)
	}
}

// TestFields checks what a candidate says beside the carrier.
func TestFields(t *testing.T) {
	t.Parallel()
	digit := upuTable("12345678")
	cn, ems, us := "RR12345678"+digit+"CN", "EA12345678"+digit+"CN", "CP12345678"+digit+"US"
	astra := "3" + strings.Repeat("0", 15) + "12345678901" + fedexFromRight("12345678901") + "0000"
	tests := []struct {
		in   string
		want Candidate
	}{
		{cn, Candidate{Carrier: "s10", CarrierName: "China Post", Format: "s10", Valid: true, Confidence: 97,
			Country: "CN", Service: "Registered letter post", SeventeenTrack: 3011}},
		{ems, Candidate{Carrier: "s10", CarrierName: "China Post", Format: "s10", Valid: true, Confidence: 97,
			Country: "CN", Service: "EMS"}},
		{us, Candidate{Carrier: "s10", CarrierName: "USPS", Format: "s10", Valid: true, Confidence: 97,
			Country: "US", Service: "Parcel post", SeventeenTrack: 21051,
			URL: "https://tools.usps.com/go/TrackConfirmAction?tLabels=" + us}},
		{astra, Candidate{Carrier: "fedex", CarrierName: "FedEx", Format: "fedex_astra_32", Valid: true, Confidence: 86,
			URL: "https://www.fedex.com/fedextrack/?trknbr=" + astra[16:28], SeventeenTrack: 100003}},
		{"LP00123456789012", Candidate{Carrier: "cainiao", CarrierName: "Cainiao", Format: "cainiao_lp", Valid: true, Confidence: 40,
			URL: "https://global.cainiao.com/newDetail.htm?mailNoList=LP00123456789012", SeventeenTrack: 190271}},
	}
	for _, test := range tests {
		got := Recognise(test.in)
		if len(got) == 0 || got[0] != test.want {
			t.Errorf("Recognise(%s) = %+v, want first %+v", test.in, got, test.want)
		}
	}
}

func TestServices(t *testing.T) {
	t.Parallel()
	for _, test := range []struct{ got, want string }{
		{upsService("YW"), "UPS SurePost, delivered by USPS"}, {upsService("99"), ""},
		{upsWaybill("V"), "UPS Worldwide Express Saver"}, {upsWaybill("A"), ""},
		{uspsConfirmation("24"), "USPS Signature Confirmation"}, {uspsConfirmation("99"), ""},
		{impbService("95"), "USPS Retail"}, {impbService("96"), ""},
		{ssccContainer("01"), "FedEx Ground, pallet"}, {ssccContainer("03"), ""},
		{dpdService("350276"), "DPD 8:30"}, {dpdService("350000"), ""}, {dpdService("999276"), ""},
		{s10Service("QM"), "Business reply"}, {s10Service("QN"), ""}, {s10Service("AV"), "Domestic or bilateral post"},
		{s10Service("AU"), ""}, {s10Service("GD"), "Domestic or bilateral post"}, {s10Service("WA"), ""},
	} {
		if test.got != test.want {
			t.Errorf("service %q, want %q", test.got, test.want)
		}
	}
}

// FuzzRecognise feeds anything at all, and states what holds for every answer.
func FuzzRecognise(f *testing.F) {
	m := mint{rand.New(rand.NewPCG(7, 8))}
	for _, v := range vectors() {
		good, bad := m.make(v)
		f.Add(good, v.carrier)
		f.Add(bad, "")
	}
	f.Add("\xff\x00 \u2028", "\xff & co")
	f.Fuzz(func(t *testing.T, s, word string) {
		once := Normalise(s)
		if Normalise(once) != once {
			t.Errorf("Normalise(%q) = %q, and again %q", s, once, Normalise(once))
		}
		found := Recognise(s)
		if !slices.IsSortedFunc(found, better) {
			t.Errorf("Recognise(%q) is not ranked: %+v", s, found)
		}
		for _, c := range found {
			if c.Carrier == "" || c.Format == "" || c.Confidence < 0 || c.Confidence > 100 || (c.CarrierName == "" && c.Valid) {
				t.Errorf("Recognise(%q) = %+v", s, c)
			}
		}
		if best, ok := Best(s, word); ok && best.CarrierName == "" {
			t.Errorf("Best(%q, %q) = %+v", s, word, best)
		}
	})
}

func BenchmarkRecognise(b *testing.B) {
	m := mint{rand.New(rand.NewPCG(9, 10))}
	var numbers []string
	for _, v := range vectors() {
		good, _ := m.make(v)
		numbers = append(numbers, good)
	}
	Recognise("")
	b.ReportAllocs()
	for i := 0; b.Loop(); i++ {
		Recognise(numbers[i%len(numbers)])
	}
}

func BenchmarkBest(b *testing.B) {
	b.ReportAllocs()
	for b.Loop() {
		Best("YT1234567890123456", "Yun Express (Standard)")
	}
}

func ExampleRecognise() {
	for _, c := range Recognise("rr 12345678 5 cn") {
		fmt.Println(c.CarrierName, c.Format, c.Country, c.Valid)
	}
	// Output: China Post s10 CN true
}

func ExampleBest() {
	c, _ := Best("RR123456785CN", "YunExpress Global Direct")
	fmt.Println(c.Carrier, c.SeventeenTrack, c.Format, c.Valid)
	// Output: yunexpress 190008 s10 true
}
