package number

import (
	"strings"
	"sync"
)

// carrier is one line of the table of carriers.
type carrier struct {
	code      string
	name      string
	seventeen int    // 17TRACK's code, 0 where it has several for this carrier
	country   string // whose S10 numbers are this carrier's, "" for none
	url       string // tracking page, with %s for the number; "" unknown
	words     string // further spellings, each folded as fold does
}

// link is the tracking page for s, "" where the carrier has none or s is no
// number.
func (c *carrier) link(s string) string {
	if c.url == "" || s == "" || !plain(s) {
		return ""
	}
	return strings.Replace(c.url, "%s", s, 1)
}

// carriers is the table. A carrier may have several lines, one for each name that
// its customers keep apart; the first is the general one. The 17TRACK codes are
// those of its apicarrier.all.json of 2025-08-17.
func carriers() []carrier {
	return append(withFormats(), byNameOnly()...)
}

// withFormats lists the carriers whose numbers this package recognises.
func withFormats() []carrier {
	const dhl = "https://www.dhl.com/en/express/tracking.html?AWB=%s&brand=DHL"
	return []carrier{
		{"usps", "USPS", 21051, "US", "https://tools.usps.com/go/TrackConfirmAction?tLabels=%s", "unitedstatespostalservice uspostalservice uspost uspsground uspspriority"},
		{"ups", "UPS", 100002, "", "https://www.ups.com/track?tracknum=%s", "unitedparcelservice"},
		{"ups", "UPS Mail Innovations", 100398, "", "https://www.ups.com/track?tracknum=%s", "upsmi"},
		{"fedex", "FedEx", 100003, "", "https://www.fedex.com/fedextrack/?trknbr=%s", "federalexpress fedexground fedexexpress"},
		{"dhl", "DHL", 0, "", dhl, ""},
		{"dhl", "DHL Express", 100001, "", dhl, "dhlworldwide dhlexpressworldwide"},
		{"dhl", "DHL eCommerce", 0, "", dhl, "dhlglobalmail"},
		{"dhl", "DHL Paket", 7041, "", dhl, "dhlgermany dhlde"},
		{"dpd", "DPD", 0, "", "https://www.dpdgroup.com/nl/mydpd/my-parcels/track?lang=en&parcelNumber=%s", "dpdgroup"},
		{"dpd", "DPD Germany", 100007, "", "https://www.dpdgroup.com/nl/mydpd/my-parcels/track?lang=en&parcelNumber=%s", "dpdde"},
		{"dpd", "DPD UK", 100010, "", "https://www.dpdgroup.com/nl/mydpd/my-parcels/track?lang=en&parcelNumber=%s", "dpdgb"},
		{"amazon", "Amazon Logistics", 0, "", "", "amazon amzl amzn amzlus amazonshipping amazonmcf tba"},
		{"canada-post", "Canada Post", 3041, "CA", "https://www.canadapost-postescanada.ca/track-reperage/en#/search?searchFor=%s", "postescanada canadapostcorporation"},
		{"canpar", "Canpar", 100146, "", "https://www.canpar.com/en/track/tracking.jsp?reference=%s&locale=en", "canparexpress"},
		{"gofo", "GOFO Express", 100996, "", "https://www.gofoexpress.com/tracking.html?searchID=%s", "gofo"},
		{"landmark", "Landmark Global", 100021, "", "https://track.landmarkglobal.com/?search=%s", "landmark"},
		{"lasership", "LaserShip", 100052, "", "", ""},
		{"old-dominion", "Old Dominion Freight Line", 100783, "", "https://www.odfl.com/us/en/tools/trace-track-ltl-freight/trace.html?proNumbers=%s", "odfl olddominion"},
		{"ontrac", "OnTrac", 100049, "", "https://www.ontrac.com/tracking/?number=%s", ""},
		{"purolator", "Purolator", 100042, "", "https://www.purolator.com/en/shipping/tracker?searchValue=%s", ""},
		{"speedee", "Spee-Dee Delivery", 100447, "", "https://www.speedeedelivery.com/track/?tracking=%s", "speedee"},
		{"yodel", "Yodel", 100017, "", "https://www.yodel.co.uk/tracking/%s", ""},
		{"yunexpress", "YunExpress", 190008, "", "https://www.yuntrack.com/parcelTracking?id=%s", "yuntu yunexp yuntrack 云途 云途物流"},
		{"cainiao", "Cainiao", 190271, "", "https://global.cainiao.com/newDetail.htm?mailNoList=%s",
			"aliexpress aliexpressstandardshipping aliexpresssaverpremium aliexpressselectionstandard cainiaosuper cainiaosupereconomy globalcainiao 菜鸟 全球速卖通"},
		{"cjpacket", "CJPacket", 191159, "", "", "cjdropshipping cjlogistic"},
		{"s10", "Postal service", 0, "", "", "upu epacket eub internationalpost registeredmail"},
	}
}

// byNameOnly lists carriers for which no public rule describes a number of their
// own (4PX, Yanwen, SF), or whose numbers are S10 numbers of their country.
func byNameOnly() []carrier {
	return []carrier{
		{"4px", "4PX", 190094, "", "https://track.4px.com/#/result/0/%s", "fourpx 4pxexpress 递四方"},
		{"yanwen", "Yanwen", 190012, "", "", "yw yanwenlogistics 燕文 燕文物流"},
		{"sf-express", "SF Express", 100012, "", "", "sf shunfeng sfinternational 顺丰 顺丰速运"},
		{"sunyou", "SunYou", 190072, "", "", "顺友 顺友物流"},
		{"yto", "YTO Express", 190157, "", "", "yto yuantong 圆通 圆通速递"},
		{"sto", "STO Express", 190324, "", "", "sto shentong 申通 申通快递"},
		{"zto", "ZTO Express", 190455, "", "", "zto zhongtong 中通 中通快递"},
		{"jt-express", "J&T Express", 0, "", "", "jandt jtexpress jnt 极兔"},
		{"winit", "Winit", 190284, "", "", "万邑通"},
		{"flyt", "Flyt", 190002, "", "", "flytexpress 飞特物流"},
		{"anjun", "Anjun", 190047, "", "", "安骏物流"},
		{"wanb", "Wanb Express", 190086, "", "", "wanb"},
		{"ubi", "UBI", 190112, "", "", "ubismartparcel"},
		{"speedx", "SpeedX", 190844, "", "", ""},
		{"uniuni", "UniUni", 100134, "", "", ""},
		{"china-post", "China Post", 3011, "CN", "", "chinapostregistered chinapostregisteredairmail 中国邮政"},
		{"china-ems", "China EMS", 3013, "CN", "", "ems emschina"},
		{"hongkong-post", "Hongkong Post", 8011, "HK", "", ""},
		{"singapore-post", "Singapore Post", 19131, "SG", "", "singpost"},
		{"japan-post", "Japan Post", 10021, "JP", "", ""},
		{"australia-post", "Australia Post", 1151, "AU", "", "auspost"},
		{"royal-mail", "Royal Mail", 11031, "GB", "https://www.royalmail.com/track-your-item#/tracking-results/%s", ""},
		{"parcelforce", "Parcelforce", 11033, "GB", "", "parcelforceworldwide"},
		{"evri", "Evri", 100331, "", "", "hermesuk myhermes"},
		{"deutsche-post", "Deutsche Post", 7044, "DE", "", ""},
		{"la-poste", "La Poste", 6051, "FR", "https://www.laposte.fr/outils/suivre-vos-envois?code=%s", "colissimo"},
		{"chronopost", "Chronopost", 100273, "", "", ""},
		{"mondial-relay", "Mondial Relay", 100304, "", "", ""},
		{"gls", "GLS", 100005, "", "", ""},
		{"tnt", "TNT", 100004, "", "", "tntexpress"},
		{"postnl", "PostNL", 14041, "NL", "", ""},
		{"bpost", "bpost", 2061, "BE", "", ""},
		{"poste-italiane", "Poste Italiane", 9071, "IT", "", ""},
		{"correos", "Correos", 19181, "ES", "", "correosspain"},
		{"swiss-post", "Swiss Post", 19251, "CH", "", ""},
		{"austrian-post", "Österreichische Post", 1161, "AT", "", "austrianpost"},
		{"an-post", "An Post", 9051, "IE", "", ""},
		{"posti", "Posti", 6041, "FI", "", ""},
		{"postnord", "PostNord", 0, "", "", ""},
		{"inpost", "InPost", 0, "", "", ""},
		{"aramex", "Aramex", 100006, "", "", ""},
		{"asendia", "Asendia", 100029, "", "", ""},
		{"thailand-post", "Thailand Post", 20041, "TH", "", ""},
		{"india-post", "India Post", 9021, "IN", "", ""},
	}
}

// directory finds carriers by code, by country and by folded word.
type directory struct {
	codes     map[string]*carrier
	countries map[string]*carrier
	words     map[string]*carrier
	ruled     map[string]bool // codes of carriers whose numbers public rules describe
}

// lookup is made on first use and never changed. Of two lines that claim a key the
// first has it.
var lookup = sync.OnceValue(func() *directory {
	d := &directory{map[string]*carrier{}, map[string]*carrier{}, map[string]*carrier{}, map[string]bool{}}
	for _, f := range formats() {
		if f.score > informalScore {
			d.ruled[f.carrier] = true
		}
	}
	table := carriers()
	for i := range table {
		c := &table[i]
		claim(d.codes, c.code, c)
		if c.country != "" {
			claim(d.countries, c.country, c)
		}
		claim(d.words, fold(c.code), c)
		claim(d.words, fold(c.name), c)
		for _, word := range strings.Fields(c.words) {
			claim(d.words, word, c)
		}
	}
	return d
})

// claim sets a key that is still free.
func claim(m map[string]*carrier, key string, c *carrier) {
	if _, taken := m[key]; !taken {
		m[key] = c
	}
}

// byCode finds the general line of a carrier.
func byCode(code string) (*carrier, bool) {
	c, ok := lookup().codes[code]
	return c, ok
}

// ofCountry finds the post whose S10 numbers carry a country.
func ofCountry(country string) (*carrier, bool) {
	c, ok := lookup().countries[country]
	return c, ok
}
