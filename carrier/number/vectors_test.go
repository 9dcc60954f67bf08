package number

import (
	"math/rand/v2"
	"strconv"
	"strings"
	"testing"
)

// The check digits here are computed in other ways than in check.go: from the
// right, by trial, by table. A mistake would have to be made twice to pass.

// byTrial finds the digit that makes the sum of the number, weighted 1 for the
// check digit and then by the weights from right to left, a multiple of ten.
// Letters count as UPS' table says.
func byTrial(serial string, weights ...int) string {
	const letters = "23456789012345678901234567"
	sum := 0
	for i := range serial {
		c := serial[len(serial)-1-i]
		if c >= 'A' {
			c = letters[c-'A']
		}
		sum += int(c-'0') * weights[i%len(weights)]
	}
	for d := 0; ; d++ {
		if (sum+d)%10 == 0 {
			return strconv.Itoa(d)
		}
	}
}

// luhnByTable is Luhn's rule with the doubled digits looked up.
func luhnByTable(serial string) string {
	sum := 0
	for i := range serial {
		d := serial[len(serial)-1-i] - '0'
		if i%2 == 0 {
			d = "0246813579"[d] - '0'
		}
		sum += int(d)
	}
	return strconv.Itoa((sum * 9) % 10)
}

// remainder is DHL's: the serial as an integer.
func remainder(serial string) string {
	n, _ := strconv.ParseInt(serial, 10, 64)
	return strconv.FormatInt(n%7, 10)
}

// fedexFromRight weighs 1, 3, 7 from the right: the same for 11 and 13 digits.
func fedexFromRight(serial string) string {
	sum := 0
	for i := range serial {
		sum += int(serial[len(serial)-1-i]-'0') * []int{1, 3, 7}[i%3]
	}
	return strconv.Itoa(sum % 11 % 10)
}

// dpdSteps follows the steps of DPD's label specification literally.
func dpdSteps(serial string) string {
	const alphabet = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ"
	cd := 36
	for i := range serial {
		cd += strings.IndexByte(alphabet, serial[i])
		if cd > 36 {
			cd -= 36
		}
		cd *= 2
		if cd > 36 {
			cd -= 37
		}
	}
	cd = 37 - cd
	if cd == 36 {
		cd = 0
	}
	return alphabet[cd : cd+1]
}

// upuTable is the S10 check digit by remainder.
func upuTable(serial string) string {
	sum := 0
	for i, w := range "86423597" {
		sum += int(w-'0') * int(serial[i]-'0')
	}
	return "50987654321"[sum%11 : sum%11+1]
}

// mint makes numbers from a pattern: # a random digit, @ a letter, anything else
// itself.
type mint struct{ *rand.Rand }

func (m mint) fill(pattern string) string {
	b := []byte(pattern)
	for i, c := range b {
		switch c {
		case '#':
			b[i] = byte('0' + m.IntN(10))
		case '@':
			b[i] = byte('A' + m.IntN(26))
		}
	}
	return string(b)
}

// vector says how numbers of one format are made. A number is before + serial +
// check + after, where the serial is what the check digit is computed from.
type vector struct {
	carrier, format string
	before, serial  string
	check           func(string) string // nil: none
	after           string
	hidden          string   // counted by the check digit, not printed
	broken          []string // patterns that must not be recognised as this format
}

func gs1(s string) string    { return byTrial(s, 3, 1) }
func single(s string) string { return byTrial(s, 1, 2) }
func double(s string) string { return byTrial(s, 2, 1) }

// n is a run of n digits in a pattern.
func n(count int) string { return strings.Repeat("#", count) }

// vectors covers every format, some in several forms.
func vectors() []vector {
	return []vector{
		{carrier: "ups", format: "ups", before: "1Z", serial: "##@@##03" + n(7), check: single, broken: []string{"2Z" + n(16), "1Z" + n(15)}},
		{carrier: "ups", format: "ups", before: "1Z", serial: "@#@#@#YW@" + n(6), check: single},
		{carrier: "ups", format: "ups_waybill", before: "K", serial: n(9), check: single, broken: []string{"B" + n(10)}},
		{carrier: "ups", format: "ups_waybill", before: "H", serial: n(9), check: single},
		{carrier: "s10", format: "s10", before: "RL", serial: n(8), check: upuTable, after: "CN", broken: []string{"RL#########XX", "RL#########ZZ", "R#########CN"}},
		{carrier: "s10", format: "s10", before: "LW", serial: n(8), check: upuTable, after: "TW"},
		{carrier: "amazon", format: "amazon_logistics", before: "TBA", serial: n(12), broken: []string{"TBB" + n(12), "TBA" + n(11)}},
		{carrier: "amazon", format: "amazon_international", before: "F", serial: n(10), broken: []string{"E" + n(10)}},
		{carrier: "yunexpress", format: "yunexpress", before: "YT", serial: n(16), broken: []string{"YT" + n(15), "YU" + n(16)}},
		{carrier: "gofo", format: "gofo_us", before: "GFUS", serial: n(14), broken: []string{"GFUK" + n(14)}},
		{carrier: "landmark", format: "landmark_global", before: "LTN", serial: n(8), after: "N1", broken: []string{"LTN" + n(8) + "N2"}},
		{carrier: "lasership", format: "lasership_lx", before: "LX1", serial: n(7), broken: []string{"LB1" + n(7), "LX4" + n(7)}},
		{carrier: "lasership", format: "lasership_1ls7", before: "1LS71", serial: n(10), broken: []string{"1LS73" + n(10)}},
		{carrier: "lasership", format: "lasership_1ls7_18", before: "1LS72##013", serial: n(6), after: "-1", broken: []string{"1LS72##013######-2", "1LS72##015######-1"}},
		{carrier: "lasership", format: "lasership_1lscx", before: "1LSCX", serial: "@@#####@@#", broken: []string{"1LSCY@@#####@@#"}},
		{carrier: "ontrac", format: "ontrac_c", before: "C", serial: "1" + n(12), check: double, hidden: "4"},
		// One digit fewer is counted, so the weights fall on the other digits.
		{carrier: "ontrac", format: "ontrac_c", before: "C", serial: "4" + n(12), check: single},
		{carrier: "ontrac", format: "ontrac_d", before: "D", serial: "1" + n(12), check: double, hidden: "5"},
		{carrier: "canpar", format: "canpar_22", before: "Z", serial: n(21), broken: []string{"A" + n(21), "Z" + n(20)}},
		{carrier: "speedee", format: "speedee", before: "SP", serial: n(18), broken: []string{"SX" + n(18)}},
		{carrier: "purolator", format: "purolator_alpha", serial: "@@@" + n(9), broken: []string{"@@" + n(9)}},
		{carrier: "purolator", format: "purolator_numeric", serial: "3" + n(10), check: luhnByTable, broken: []string{"6" + n(11)}},
		{carrier: "yodel", format: "yodel", before: "JD", serial: n(16), broken: []string{"JC" + n(16), "JD" + n(15)}},
		{carrier: "yodel", format: "yodel", before: "JJD", serial: n(16)},
		{carrier: "dhl", format: "dhl_express", serial: n(9), check: remainder},
		{carrier: "dhl", format: "dhl_express", serial: n(10), check: remainder},
		{carrier: "dhl", format: "dhl_express_piece_id", before: "JJD", serial: n(10), broken: []string{"KJD" + n(10)}},
		{carrier: "dhl", format: "dhl_express_piece_id", before: "JVGL", serial: n(9)},
		{carrier: "dhl", format: "dhl_ecommerce", before: "GM", serial: "#####@@####@", broken: []string{"GS" + n(12), "GM@" + n(12), "GM" + n(9)}},
		{carrier: "dhl", format: "dhl_ecommerce", before: "CN", serial: n(39), broken: []string{"CN" + n(40)}},
		{carrier: "dhl", format: "dhl_ecommerce_14", serial: n(14), broken: []string{n(13), n(15)}},
		{carrier: "dpd", format: "dpd", serial: n(21) + "101276", check: dpdSteps},
		{carrier: "dpd", format: "dpd_14", serial: n(14), check: dpdSteps},
		{carrier: "fedex", format: "fedex_12", serial: n(11), check: fedexFromRight},
		{carrier: "fedex", format: "fedex_34", before: "1" + n(19), serial: n(13), check: fedexFromRight, broken: []string{"9" + n(33)}},
		{carrier: "fedex", format: "fedex_astra_32", before: "3" + n(15), serial: n(11), check: fedexFromRight, after: n(4)},
		{carrier: "fedex", format: "fedex_ground", serial: n(14), check: gs1},
		{carrier: "fedex", format: "fedex_ground_sscc_18", before: "00", serial: n(15), check: gs1},
		{carrier: "fedex", format: "fedex_ground_96", before: "96" + n(5), serial: n(14), check: gs1, broken: []string{"97" + n(20)}},
		{carrier: "fedex", format: "fedex_ground_gsn", before: "96" + n(18), serial: n(13), check: fedexFromRight, broken: []string{"95" + n(32)}},
		{carrier: "canada-post", format: "canada_post", serial: n(15), check: gs1},
		{carrier: "old-dominion", format: "old_dominion", serial: "778" + n(7), check: luhnByTable, broken: []string{"776" + n(8)}},
		{carrier: "old-dominion", format: "old_dominion_guaranteed", serial: "80" + n(8), check: luhnByTable, broken: []string{"81" + n(9)}},
		{carrier: "usps", format: "usps_20", serial: "03" + n(17), check: gs1},
		{carrier: "usps", format: "usps_legacy", serial: "9121" + n(17), check: gs1},
		{carrier: "usps", format: "usps_legacy", serial: "21" + n(17), check: gs1, hidden: "91"},
		{carrier: "usps", format: "usps_legacy", before: "420" + n(9), serial: "9102" + n(17), check: gs1},
		{carrier: "usps", format: "usps_impb_n", serial: "94###9" + n(15), check: gs1, broken: []string{"96" + n(20)}},
		{carrier: "usps", format: "usps_impb_n", serial: "94###1" + n(19), check: gs1},
		{carrier: "usps", format: "usps_impb_n", serial: "94###9" + n(23), check: gs1, broken: []string{"94###1" + n(24)}},
		{carrier: "usps", format: "usps_impb_n", before: "420" + n(5), serial: "94###9" + n(19), check: gs1},
		{carrier: "usps", format: "usps_impb_n", before: "420" + n(9), serial: "94###2" + n(15), check: gs1, broken: []string{"420" + n(9) + "94###2" + n(20)}},
		{carrier: "usps", format: "usps_impb_c", serial: "92###9" + n(15), check: gs1, broken: []string{"92###1" + n(16)}},
		{carrier: "usps", format: "usps_impb_c", serial: "93###4" + n(15), check: gs1, broken: []string{"93###9" + n(16)}},
		{carrier: "usps", format: "usps_impb_c", serial: "95###9" + n(19), check: gs1},
		{carrier: "usps", format: "usps_impb_c", before: "420" + n(5), serial: "95###1" + n(19), check: gs1},
		{carrier: "usps", format: "usps_impb_c", before: "420" + n(9), serial: "92###9" + n(15), check: gs1},
		{carrier: "cainiao", format: "cainiao_lp", before: "LP", serial: n(14), broken: []string{"LP" + n(11), "LP" + n(15)}},
		{carrier: "cainiao", format: "cainiao_lp", before: "LP", serial: n(12)},
		{carrier: "cjpacket", format: "cjpacket_pkl", before: "CJPKL", serial: n(10), after: "YQ", broken: []string{"CJPKL" + n(10)}},
	}
}

// make returns a number of the format and, where it has a check digit, the same
// number with a wrong one.
func (m mint) make(v vector) (good, bad string) {
	before, serial, after := m.fill(v.before), m.fill(v.serial), m.fill(v.after)
	if v.check == nil {
		return before + serial + after, ""
	}
	digit := v.check(v.hidden + serial)
	wrong := strconv.Itoa((int(digit[0]) + 1) % 10)
	if digit[0] >= 'A' {
		wrong = string('A' + (digit[0]-'A'+1)%26)
	}
	return before + serial + digit + after, before + serial + wrong + after
}

// TestEveryFormat makes numbers of every format and spoils them.
func TestEveryFormat(t *testing.T) {
	t.Parallel()
	m := mint{rand.New(rand.NewPCG(1, 2))}
	covered := map[string]bool{}
	for _, v := range vectors() {
		covered[v.format] = true
		for range 100 {
			good, bad := m.make(v)
			if !candidateOf(Recognise(good), v.carrier, v.format) {
				t.Errorf("%s: %s is not recognised: %+v", v.format, good, Recognise(good))
			}
			if bad != "" && candidateOf(Recognise(bad), v.carrier, v.format) {
				t.Errorf("%s: %s has a wrong check digit and is recognised", v.format, bad)
			}
			if bad != "" && !shaped(Normalise(bad), v.format) {
				t.Errorf("%s: %s is dropped; a mistyped number must be shown", v.format, bad)
			}
			for _, pattern := range v.broken {
				if s := m.fill(pattern); candidateOf(Recognise(s), v.carrier, v.format) {
					t.Errorf("%s: %s is recognised", v.format, s)
				}
			}
		}
	}
	for _, f := range formats() {
		if !covered[f.id] {
			t.Errorf("%s: no vector", f.id)
		}
	}
	if public := len(covered) - len(informal()); public != 39 {
		t.Errorf("%d public formats, want 39", public)
	}
}

// TestTables reads every line of the tables that are parsed when first used.
func TestTables(t *testing.T) {
	t.Parallel()
	for _, f := range formats() {
		if c, ok := byCode(f.carrier); !ok || c.name == "" {
			t.Errorf("%s: carrier %q is not in the table", f.id, f.carrier)
		}
		for _, template := range f.shapes {
			h := compile(template)
			if len(h.cells) > longest {
				t.Errorf("%s: %s is longer than %d", f.id, template, longest)
			}
			if (f.check != nil) != (h.check >= 0 && h.serial.to > h.serial.from) {
				t.Errorf("%s: %s and its check digit do not match", f.id, template)
			}
			if (f.service != nil) != (h.service.to > h.service.from) {
				t.Errorf("%s: %s and its service do not match", f.id, template)
			}
		}
	}
	if got := len(operatorTable()); got != 218 {
		t.Errorf("%d postal operators, want 218", got)
	}
	for line := range strings.Lines(strings.TrimSpace(operators)) {
		fields := strings.SplitN(strings.TrimSpace(line), " ", 3)
		if _, err := strconv.Atoi(fields[1]); err != nil || len(fields[0]) != 2 || fields[2] == "" {
			t.Errorf("operator %q is malformed", line)
		}
	}
	for _, c := range carriers() {
		if c.url != "" && (strings.Count(c.url, "%s") != 1 || !strings.HasPrefix(c.url, "https://")) {
			t.Errorf("%s: address %q", c.code, c.url)
		}
		if op, ok := operatorTable()[c.country]; ok && op.seventeen != 0 && c.seventeen != 0 &&
			op.seventeen != c.seventeen && c.code != "china-ems" && c.code != "parcelforce" {
			t.Errorf("%s: 17TRACK code %d, its country says %d", c.code, c.seventeen, op.seventeen)
		}
		for _, word := range strings.Fields(c.words) {
			if fold(word) != word {
				t.Errorf("%s: word %q is not folded", c.code, word)
			}
		}
	}
}
