package demo

import (
	"fmt"
	"math/rand/v2"

	"doorstep/internal/address"
)

// person is somebody who shops. All of them are made up.
type person struct {
	email  string
	locale string
	home   address.Address
}

// someone is a person by chance. The number makes the mail address differ from those of
// others who live at the same place; every fifth customer comes back.
func someone(random *rand.Rand, number int) person {
	list := people()
	p := list[random.IntN(len(list))]
	if number%5 != 0 {
		p.email = fmt.Sprintf("%s+%d@shopper.example", p.email, number)
	} else {
		p.email += "@shopper.example"
	}
	return p
}

func people() []person {
	return []person{
		{"ann.mercer", "en-GB", address.Address{Name: "Ann Mercer", Line1: "14 Larkspur Lane", Locality: "Bristol", PostalCode: "BS8 4QX", Country: "GB", Phone: "+44 117 496 0142"}},
		{"rory.haig", "en-GB", address.Address{Name: "Rory Haig", Line1: "Flat 3, 82 Causeway Row", Locality: "Edinburgh", PostalCode: "EH6 7NB", Country: "GB", Phone: "+44 131 496 0811"}},
		{"lena.brandt", "de-DE", address.Address{Name: "Lena Brandt", Line1: "Amselweg 7", Locality: "Berlin", PostalCode: "10437", Country: "DE", Phone: "+49 30 9012345"}},
		{"jorg.kuhnel", "de-DE", address.Address{Name: "Jörg Kühnel", Company: "Kühnel & Söhne", Line1: "Große Brückenstraße 101", Locality: "Köln", PostalCode: "50668", Country: "DE", Phone: "+49 221 9012346"}},
		{"anneliese.moser", "de-AT", address.Address{Name: "Anneliese Moser", Line1: "Lindengasse 21/4", Locality: "Graz", PostalCode: "8010", Country: "AT", Phone: "+43 316 901234"}},
		{"camille.faure", "fr-FR", address.Address{Name: "Camille Fauré", Line1: "9 rue des Tilleuls", Locality: "Nantes", PostalCode: "44000", Country: "FR", Phone: "+33 2 40 90 12 34"}},
		{"bas.vandijk", "nl-NL", address.Address{Name: "Bas van Dijk", Line1: "Korenbloemstraat 55", Locality: "Utrecht", PostalCode: "3581 JL", Country: "NL", Phone: "+31 30 901 2345"}},
		{"giulia.conti", "it-IT", address.Address{Name: "Giulia Conti", Line1: "Via dei Glicini 18", Locality: "Bologna", Region: "BO", PostalCode: "40121", Country: "IT", Phone: "+39 051 901234"}},
		{"ines.robledo", "es-ES", address.Address{Name: "Inés Robledo Peña", Line1: "Calle del Almendro 4, 2º B", Locality: "Madrid", Region: "M", PostalCode: "28012", Country: "ES", Phone: "+34 912 345 678"}},
		{"saga.lindholm", "sv-SE", address.Address{Name: "Saga Lindholm", Line1: "Björkvägen 12", Locality: "Uppsala", PostalCode: "753 20", Country: "SE", Phone: "+46 18 901 234"}},
		{"lukasz.zoltek", "pl-PL", address.Address{Name: "Łukasz Żółtek", Line1: "ul. Długa 31 m. 5", Locality: "Gdańsk", PostalCode: "80-827", Country: "PL", Phone: "+48 58 901 23 45"}},
		{"eleni.karras", "el-GR", address.Address{Name: "Ελένη Καρρά", Line1: "Οδός Ελαιών 16", Locality: "Θεσσαλονίκη", PostalCode: "546 21", Country: "GR", Phone: "+30 2310 901234"}},
		{"haruka.minato", "ja-JP", address.Address{Name: "湊 遥", Line1: "若葉町2丁目8-15", Locality: "横浜市", Region: "14", PostalCode: "231-0056", Country: "JP", Phone: "+81 45 901 2345"}},
		{"jiho.han", "ko-KR", address.Address{Name: "한지호", Line1: "새솔로 24길 9", Locality: "마포구", Region: "11", PostalCode: "04050", Country: "KR", Phone: "+82 2 901 2345", TaxID: "P123456789012"}},
		{"leila.darwish", "ar-AE", address.Address{Name: "ليلى درويش", Line1: "شارع النخيل 12", Locality: "دبي", Region: "DU", Country: "AE", Phone: "+971 4 901 2345"}},
		{"tova.almog", "he-IL", address.Address{Name: "טובה אלמוג", Line1: "רחוב הזית 5", Locality: "חיפה", PostalCode: "3303141", Country: "IL", Phone: "+972 4 901 2345", TaxID: "123456782"}},
		{"maria.duarte", "pt-BR", address.Address{Name: "Maria Duarte Lins", Line1: "Rua das Acácias 210", Line2: "Apto 52", Sublocality: "Vila Nova", Locality: "Campinas", Region: "SP", PostalCode: "13010-050", Country: "BR", Phone: "+55 19 99012 3456", TaxID: "529.982.247-25"}},
		{"nora.whitfield", "en-US", address.Address{Name: "Nora Whitfield", Line1: "480 Juniper Street", Line2: "Apt 9", Locality: "San Francisco", Region: "CA", PostalCode: "94107", Country: "US", Phone: "+1 415 555 0142"}},
		{"theo.marsh", "en-US", address.Address{Name: "Theo Marsh", Line1: "27 Copperfield Road", Locality: "Chicago", Region: "IL", PostalCode: "60614", Country: "US", Phone: "+1 312 555 0187"}},
		{"dana.okafor", "en-US", address.Address{Name: "Dana Okafor", Line1: "311 Wharf Avenue", Locality: "New York", Region: "NY", PostalCode: "10014", Country: "US", Phone: "+1 212 555 0119"}},
		{"elise.gagnon", "fr-CA", address.Address{Name: "Élise Gagnon", Line1: "1205 rue du Belvédère", Locality: "Québec", Region: "QC", PostalCode: "G1S 3E4", Country: "CA", Phone: "+1 418 555 0164"}},
		{"jack.tasker", "en-AU", address.Address{Name: "Jack O'Tasker", Line1: "8 Wattle Court", Locality: "Fitzroy", Region: "VIC", PostalCode: "3065", Country: "AU", Phone: "+61 3 9901 2345"}},
		{"amara.nwosu", "en-NG", address.Address{Name: "Amara Nwosu", Line1: "17 Palm Crescent", Locality: "Ikeja", Region: "LA", PostalCode: "100271", Country: "NG", Phone: "+234 1 901 2345"}},
		{"aroha.tipene", "en-NZ", address.Address{Name: "Aroha Tipene", Line1: "62 Rimu Terrace", Locality: "Wellington", PostalCode: "6011", Country: "NZ", Phone: "+64 4 901 2345"}},
	}
}
