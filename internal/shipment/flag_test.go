package shipment

import "testing"

func TestDeliveredElsewhere(t *testing.T) {
	t.Parallel()
	berlin := Place{Country: "DE", Region: "Berlin", City: "Berlin", Part: "Kreuzberg", Postcode: "10997"}
	sao := Place{Country: "BR", Region: "SP", City: "São Paulo", Postcode: "01310-100"}
	for _, c := range []struct {
		scan, country string
		to            Place
		odd           bool
	}{
		{"BERLIN", "DE", berlin, false}, {"Berlin, Germany", "", berlin, false}, {"10997", "DE", berlin, false}, {"", "", berlin, false},
		{"Kreuzberg", "DE", berlin, false}, {"DE", "DE", berlin, false}, {"Berln-Mitte, Berlin", "DE", berlin, false},
		{"HAMBURG", "DE", berlin, true}, {"Berlin", "FR", berlin, true}, {"", "FR", berlin, true},
		{"SAO PAULO - SP", "BR", sao, false}, {"S. Paulo, SP", "BR", sao, false}, {"SP", "BR", sao, false}, {"RIO DE JANEIRO, BR", "BR", sao, true},
		{"Los Angeles, CA 90001", "US", Place{Country: "US", Region: "CA", City: "Los Angelos", Postcode: "90002"}, false},
		{"Frankfurt", "DE", Place{Country: "DE", City: "Frankfurt am Main"}, false}, {"anything", "", Place{}, false},
		{"Other", "DE", Place{Country: "DE", City: "Köln"}, false}, {"KOELN", "DE", Place{Country: "DE", City: "Köln"}, false}, {"Koln, DE", "DE", Place{Country: "DE", City: "Köln"}, false}, {"BONN", "DE", Place{Country: "DE", City: "Köln"}, true},
		{"LODZ", "PL", Place{Country: "PL", City: "Łódź"}, false}, {"GIESSEN", "DE", Place{Country: "DE", City: "Gießen"}, false}, {"Tonder", "DK", Place{Country: "DK", City: "Tønder"}, false},
		{"Yokohama", "JP", Place{Country: "JP", City: "横浜市"}, false}, {"横浜市", "JP", Place{Country: "JP", City: "横浜市"}, false}, {"大阪市", "JP", Place{Country: "JP", City: "横浜市"}, true},
	} {
		if got := Elsewhere(c.scan, c.country, c.to); (got != "") != c.odd {
			t.Errorf("%q in %q to %s: %q", c.scan, c.country, c.to.City, got)
		}
	}
}
