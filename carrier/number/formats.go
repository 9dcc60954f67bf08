package number

import (
	"slices"
	"strings"
	"sync"
)

// format is one public rule for numbers.
type format struct {
	carrier string
	id      string
	shapes  []string
	check   check               // nil where the format has no check digit
	service func(string) string // names the code between < and > of the shape
	// score is the confidence of a number that keeps the rule. It answers one
	// question: of all numbers that look like this, how many are this carrier's?
	// Letters count for much, a check digit for something, mere length for little.
	score int
	// strange replaces score where the service code is unknown; 0 leaves it.
	strange   int
	seventeen int    // 17TRACK's code where the format settles more than the carrier
	link      span   // the part that the tracking page wants, the whole where empty
	name      string // overrides the carrier's name
}

// formats is the table of rules, in the order that settles ties. See NOTICE for
// where the rules come from.
func formats() []format {
	return slices.Concat(lettered(), usps(), fedex(), numeric(), informal())
}

// lettered lists formats that letters tell apart.
func lettered() []format {
	return []format{
		{carrier: "ups", id: "ups", shapes: []string{"1Z(*{6}<**>*{7})="},
			check: mod10(1, 2), service: upsService, score: 99, strange: 97},
		{carrier: "ups", id: "ups_waybill", shapes: []string{"<[AHJKTV]>(#{9})="},
			check: mod10(1, 2), service: upsWaybill, score: 75, strange: 60},
		{carrier: "s10", id: "s10", shapes: []string{"<@@>(#{8})=@@"},
			check: s10check, service: s10Service, score: 97, strange: 85},
		{carrier: "amazon", id: "amazon_logistics", shapes: []string{"TB[ACM]#{12}"}, score: 94},
		{carrier: "amazon", id: "amazon_international", shapes: []string{"[AFC]#{10}"}, score: 40},
		{carrier: "yunexpress", id: "yunexpress", shapes: []string{"YT#{16}"}, score: 93},
		{carrier: "gofo", id: "gofo_us", shapes: []string{"GFUS#{14}"}, score: 95},
		{carrier: "landmark", id: "landmark_global", shapes: []string{"LTN#{8}N1"}, score: 96},
		{carrier: "lasership", id: "lasership_lx", shapes: []string{"L[AIEHNX][1-3]#{7}"}, score: 75},
		{carrier: "lasership", id: "lasership_1ls7", shapes: []string{"1LS7[12]#{10}"}, score: 95},
		{carrier: "lasership", id: "lasership_1ls7_18", shapes: []string{"1LS7[12]##01[1-4]#{6}1"}, score: 96},
		{carrier: "lasership", id: "lasership_1lscx", shapes: []string{"1LSCX*{10}"}, score: 94},
		{carrier: "ontrac", id: "ontrac_c", shapes: []string{"C(#{13})="}, check: after("4", mod10(1, 2)), score: 88},
		{carrier: "ontrac", id: "ontrac_d", shapes: []string{"D(#{13})="}, check: after("5", mod10(1, 2)), score: 88},
		{carrier: "canpar", id: "canpar_22", shapes: []string{"[CDKLSUXZ]#{21}"}, score: 82},
		{carrier: "speedee", id: "speedee", shapes: []string{"SP#{18}"}, score: 90},
		{carrier: "purolator", id: "purolator_alpha", shapes: []string{"@@@#{9}"}, score: 60},
		{carrier: "yodel", id: "yodel", shapes: []string{"JD#{16}", "JJD#{16}"}, score: 85},
		// The prefixes that DHL prints; the rule allows any that begin with J.
		{carrier: "dhl", id: "dhl_express_piece_id", seventeen: 100001, name: "DHL Express",
			shapes: []string{"JJD#{9}", "JJD#{10}", "JVGL#{9}", "JVGL#{10}"}, score: 80},
		{carrier: "dhl", id: "dhl_express_piece_id", seventeen: 100001, name: "DHL Express",
			shapes: []string{"J@@#{9}", "J@@#{10}", "J@@@#{9}", "J@@@#{10}"}, score: 50},
		{carrier: "dhl", id: "dhl_ecommerce", name: "DHL eCommerce", shapes: dhlEcommerce(), score: 45},
	}
}

// dhlEcommerce spells out DHL eCommerce's rule: a prefix, then 10 to 39 digits and
// letters of which the first is a digit.
func dhlEcommerce() []string {
	var all []string
	tail := "#*********"
	for ; len(tail) <= 39; tail += "*" {
		for _, prefix := range strings.Fields("GM LX RX UV CN SG TH IN HK MY") {
			all = append(all, prefix+tail)
		}
	}
	return all
}

// usps lists USPS' label numbers. The mailer's number has nine digits where it
// begins with 9, six otherwise, which is why each length comes twice; a 420 and a
// ZIP code of five or nine digits may come before all but the oldest.
func usps() []format {
	const mailer9, mailer6 = "###9#{8}", "###[0-8]#{5}"
	return []format{
		{carrier: "usps", id: "usps_impb_n", service: impbService, check: mod10(3, 1), score: 97, shapes: append(
			routed("(<94>"+mailer9+"#{7})=", "(<94>"+mailer9+"#{11})=", "(<94>"+mailer6+"#{10})=", "(<94>"+mailer6+"#{14})="),
			"(<94>"+mailer9+"#{15})=")},
		{carrier: "usps", id: "usps_impb_c", service: impbService, check: mod10(3, 1), score: 96, shapes: routed(
			"(<92>"+mailer9+"#{7})=", "(<92>"+mailer9+"#{11})=",
			"(<93>"+mailer6+"#{10})=", "(<93>"+mailer6+"#{14})=",
			"(<95>"+mailer9+"#{7})=", "(<95>"+mailer9+"#{11})=",
			"(<95>"+mailer6+"#{10})=", "(<95>"+mailer6+"#{14})=")},
		{carrier: "usps", id: "usps_legacy", service: uspsConfirmation, check: after("91", mod10(3, 1)), score: 88, strange: 62,
			shapes: legacy()},
		{carrier: "usps", id: "usps_20", service: uspsConfirmation, check: mod10(3, 1), score: 84, strange: 60,
			shapes: []string{"(<##>#{17})="}},
	}
}

// routed adds to each template the forms with a ZIP code before it: five digits
// before any, nine only before those of 22 characters.
func routed(templates ...string) []string {
	var all []string
	for _, t := range templates {
		all = append(all, t, "420#{5}"+t)
		if len(compile(t).cells) == 22 {
			all = append(all, "420#{9}"+t)
		}
	}
	return all
}

// legacy lists the older confirmation numbers, with and without ZIP code and 91.
func legacy() []string {
	var all []string
	for _, zip := range []string{"", "420#{5}", "420#{9}"} {
		all = append(all, zip+"(91<##>#{17})=", zip+"(<##>#{17})=")
	}
	return all
}

// fedex lists FedEx' formats, all digits.
func fedex() []format {
	express, long := weighted(3, 1, 7), weighted(1, 7, 3)
	return []format{
		{carrier: "fedex", id: "fedex_12", shapes: []string{"(#{11})="}, check: express, score: 82},
		{carrier: "fedex", id: "fedex_34", shapes: []string{"[0-8]#{14}#{5}(#{13})="}, check: long, score: 88},
		{carrier: "fedex", id: "fedex_astra_32", shapes: []string{"3#{15}(#{11})=#{4}"}, check: express, score: 86, link: span{16, 28}},
		{carrier: "fedex", id: "fedex_ground", shapes: []string{"(#{14})="}, check: mod10(1, 3), score: 76},
		{carrier: "fedex", id: "fedex_ground_sscc_18", shapes: []string{"<##>(#{15})="}, check: mod10(3, 1),
			service: ssccContainer, score: 72, strange: 30},
		{carrier: "fedex", id: "fedex_ground_96", shapes: []string{"96#{5}(#{14})="}, check: mod10(1, 3), score: 94},
		{carrier: "fedex", id: "fedex_ground_gsn", shapes: []string{"96#{18}(#{13})="}, check: long, score: 94},
	}
}

// numeric lists the other formats of nothing or little but digits.
func numeric() []format {
	return []format{
		{carrier: "dpd", id: "dpd", shapes: []string{"(#{21}<#{6}>)%"}, check: mod37and36, service: dpdService, score: 94, strange: 80},
		{carrier: "dpd", id: "dpd_14", shapes: []string{"(#{14})%"}, check: mod37and36, score: 84},
		{carrier: "canada-post", id: "canada_post", shapes: []string{"(#{15})="}, check: mod10(3, 1), score: 72},
		{carrier: "old-dominion", id: "old_dominion", shapes: []string{"(77[78]#{7})=", "(072#{7})=", "(780#{7})="}, check: luhn, score: 78},
		{carrier: "old-dominion", id: "old_dominion_guaranteed", shapes: []string{"(80#{8})="}, check: luhn, score: 74},
		{carrier: "dhl", id: "dhl_express", seventeen: 100001, name: "DHL Express",
			shapes: []string{"(#{9})=", "(#{10})="}, check: mod7, score: 68},
		{carrier: "purolator", id: "purolator_numeric", shapes: []string{"([0-5]#{10})="}, check: luhn, score: 66},
		{carrier: "dhl", id: "dhl_ecommerce_14", name: "DHL eCommerce", shapes: []string{"#{14}"}, score: 25},
	}
}

// informalScore is the confidence of a number that only samples describe.
const informalScore = 40

// informal lists numbers that no public rule describes. Cainiao: "LP and 12 to 14
// digits" is what guides say, and AliExpress' own sample has 14. CJPacket:
// CJPKL, ten digits and two letters is what integrations of CJ's trackInfo call show.
func informal() []format {
	return []format{
		{carrier: "cainiao", id: "cainiao_lp", shapes: []string{"LP#{12}", "LP#{13}", "LP#{14}"}, score: informalScore},
		{carrier: "cjpacket", id: "cjpacket_pkl", shapes: []string{"CJPKL#{10}@@"}, score: informalScore},
	}
}

// entry is a format in one of its shapes.
type entry struct {
	*format
	shape   *shape
	carrier *carrier
}

// formatIndex holds every entry by the length of the numbers it fits. It is made on
// first use and never changed.
var formatIndex = sync.OnceValue(func() *[longest + 1][]entry {
	var index [longest + 1][]entry
	table := formats()
	for i := range table {
		f := &table[i]
		known, _ := byCode(f.carrier)
		for _, template := range f.shapes {
			h := compile(template)
			index[len(h.cells)] = append(index[len(h.cells)], entry{format: f, shape: h, carrier: known})
		}
	}
	return &index
})

// read makes the candidate of a number that fits the entry's shape.
func (e entry) read(s string) Candidate {
	c := Candidate{
		Carrier: e.format.carrier, CarrierName: e.carrier.name, Format: e.id,
		Confidence: e.score, SeventeenTrack: e.carrier.seventeen,
	}
	if e.name != "" {
		c.CarrierName = e.name
	}
	if e.seventeen != 0 {
		c.SeventeenTrack = e.seventeen
	}
	if e.service != nil {
		c.Service = e.service(e.shape.service.in(s))
	}
	if e.service != nil && c.Service == "" && e.strange != 0 {
		c.Confidence = e.strange
	}
	c.Valid = e.check == nil || e.check(e.shape.serial.in(s), s[e.shape.check])
	wanted := s
	if e.link.to > 0 {
		wanted = e.link.in(s)
	}
	c.URL = e.carrier.link(wanted)
	if e.id == "s10" {
		c.Valid = postal(&c, s) && c.Valid
	}
	if !c.Valid {
		c.Confidence /= 8
	}
	return c
}
