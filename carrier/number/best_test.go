package number

import "testing"

// TestWords reads carriers as suppliers write them.
func TestWords(t *testing.T) {
	t.Parallel()
	for word, want := range map[string]string{
		"USPS": "usps", "usps ground advantage": "usps", "USPS_PRIORITY": "usps", "U.S.P.S.": "usps",
		"United States Postal Service": "usps", "UPS": "ups", "UPS® Ground": "ups", "UPS Mail Innovations": "ups",
		"FedEx": "fedex", "FEDEX_GROUND": "fedex", "Federal Express": "fedex",
		"DHL": "dhl", "DHL Express (Worldwide)": "dhl", "dhl-paket": "dhl",
		"Cainiao": "cainiao", "CAINIAO_STANDARD": "cainiao", "AliExpress Standard Shipping": "cainiao", "菜鸟": "cainiao",
		"CJPacket": "cjpacket", "CJPacket Ordinary": "cjpacket", "CJ Packet": "cjpacket",
		"YunExpress": "yunexpress", "Yun Express": "yunexpress", "YUN-EXPRESS": "yunexpress", "云途物流": "yunexpress",
		"4PX": "4px", "4PX Express CO. LTD": "4px", "Yanwen": "yanwen", "YANWEN Economic Air Mail": "yanwen",
		"SF Express": "sf-express", "顺丰": "sf-express", "China Post": "china-post", "EMS": "china-ems", "ePacket": "s10",
		"Shipped via DPD UK": "dpd", "Royal Mail 48": "royal-mail", "J&T Express": "jt-express", "Canada Post": "canada-post",
		"Acme Parcels": "acme-parcels", "Upstream Logistics": "upstream-logistics", "Почта Плюс": "почта-плюс",
	} {
		got, ok := Best("X1", word)
		if !ok || got.Carrier != want {
			t.Errorf("Best(X1, %q) = %+v, want carrier %q", word, got, want)
		}
	}
}

// TestBest states what the number adds to the word.
func TestBest(t *testing.T) {
	t.Parallel()
	check := upuTable("12345678")
	cn, mistyped := "RR12345678"+check+"CN", "RR12345678"+wrong(check)+"CN"
	label := "9400111" + "20638123456789"
	label += gs1(label)
	tests := []struct {
		name, number, word string
		carrier, format    string
		valid              bool
		confidence, code17 int
	}{
		{"the carrier's own number", "YT1234567890123456", "YunExpress", "yunexpress", "yunexpress", true, namedAndChecked, 190008},
		{"a consolidator under the post's number", cn, "YunExpress", "yunexpress", "s10", true, namedForeign, 190008},
		{"the post itself", cn, "China Post Registered", "china-post", "s10", true, namedAndChecked, 3011},
		{"a post by its trade name", cn, "ePacket", "s10", "s10", true, namedAndChecked, 3011},
		{"a mistyped number", mistyped, "China Post", "china-post", "s10", false, namedMistyped, 3011},
		{"handed over to the last mile", label, "UPS", "ups", "usps_impb_n", true, namedForeign, 100002},
		{"no rule for its numbers", "4PX3000123456789CN", "4PX", "4px", "", false, namedOnly, 190094},
		{"Cainiao's internal number", "LP00123456789012", "AliExpress Standard Shipping", "cainiao", "cainiao_lp", true, namedAndFits, 190271},
		{"CJ's number in no known form", "CJ-99-ABC", "CJPacket Ordinary", "cjpacket", "", false, namedOnly, 191159},
		{"a number unlike the carrier's", "12345", "FedEx", "fedex", "", false, namedUnfit, 100003},
		{"a stranger", "12345", "Acme Parcels", "acme-parcels", "", false, unknownWord, 0},
		{"a stranger with the post's number", cn, "Acme Parcels", "acme-parcels", "s10", true, unknownWord, 0},
		{"no word", cn, "", "s10", "s10", true, 97, 3011},
		{"a word that says nothing", cn, "Standard Shipping", "s10", "s10", true, 97, 3011},
		{"DHL's own line settles the code", "12345678901", "DHL Express", "dhl", "dhl_express", false, namedMistyped, 100001},
	}
	for _, test := range tests {
		got, ok := Best(test.number, test.word)
		if !ok || got.Carrier != test.carrier || got.Format != test.format || got.Valid != test.valid ||
			got.Confidence != test.confidence || got.SeventeenTrack != test.code17 {
			t.Errorf("%s: Best(%q, %q) = %+v, want %+v", test.name, test.number, test.word, got, test)
		}
	}
	for _, number := range []string{"", " - ", "not a number"} {
		if got, ok := Best(number, ""); ok {
			t.Errorf("Best(%q) = %+v, want nothing", number, got)
		}
	}
	if got, ok := Best("", "USPS"); ok {
		t.Errorf("Best without a number = %+v, want nothing", got)
	}
}

// TestBestLinks checks where the tracking page of a named carrier comes from.
func TestBestLinks(t *testing.T) {
	t.Parallel()
	cn := "RR12345678" + upuTable("12345678") + "CN"
	us := "RR12345678" + upuTable("12345678") + "US"
	for _, test := range []struct{ number, word, want string }{
		{"4PX3000123456789CN", "4PX", "https://track.4px.com/#/result/0/4PX3000123456789CN"},
		{cn, "YunExpress", "https://www.yuntrack.com/parcelTracking?id=" + cn},
		{us, "CJPacket", "https://tools.usps.com/go/TrackConfirmAction?tLabels=" + us},
		{cn, "China Post", ""},
		{"<script>alert(1)</script>", "USPS", ""},
		{"1%0d%0aX", "UPS", ""},
	} {
		if got, _ := Best(test.number, test.word); got.URL != test.want {
			t.Errorf("Best(%q, %q).URL = %q, want %q", test.number, test.word, got.URL, test.want)
		}
	}
}

// wrong is another digit.
func wrong(digit string) string {
	if digit == "0" {
		return "1"
	}
	return "0"
}
