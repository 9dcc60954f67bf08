package suppliertest

import (
	"strings"

	"doorstep/supplier"
)

// addresses are those that break programs: scripts, directions, marks and signs.
func (s *stand) addresses() []supplier.Address {
	if len(s.Addresses) > 0 {
		return s.Addresses
	}
	at := func(name, line1, line2, city, region, zip, country string) supplier.Address {
		return supplier.Address{Name: name, Line1: line1, Line2: line2, Locality: city, Region: region,
			PostalCode: zip, Country: country, Phone: "+15555550100"}
	}
	return []supplier.Address{
		at("Ann Example", "12 Mill Lane", "Flat 3", "Springfield", "Illinois", "62704", "US"),
		at("Jörg Müßig-Østergård", "Straße des 17. Juni 135", "Hinterhof, 3. OG", "Berlin", "Berlin", "10623", "DE"),
		at("مريم بنت خالد", "شارع الملك فهد ٢٥", "الطابق ٤", "الرياض", "الرياض", "12211", "SA"),
		at("שרה כהן", "רחוב דיזנגוף 99", "", "תל אביב", "תל אביב", "6433222", "IL"),
		at("山田 太郎", "千代田1丁目1番1号", "皇居前ビル", "千代田区", "東京都", "100-0001", "JP"),
		at("Zoë 👩🏽‍🚀 O'Neil", "1 \"Quote\" & <b>Tag</b> \\ Road", "c/o 50% + 1 #7; ok?", "Zürich", "ZH", "8001", "CH"),
		at("Nguyễn Thị Minh Khai", "Ho\u0302 Tu\u0300ng Ma\u0323\u0302u 2", "", "Thành phố Hồ Chí Minh", "SG", "700000", "VN"),
	}
}

// rubbish are answers that no vendor documents, and this vendor's empty successes.
func (s *stand) rubbish() []string {
	return append([]string{
		"", "null", "{}", "[]", "true", "0", `"ok"`, "{\"code\":", "<html><body>Bad gateway</body></html>",
		"\x00\xff\xfe", strings.Repeat("[", 5000), `{"code":1e999,"data":{"orderId":1e999}}`,
		`{"data":[[[{"data":null}]]]}`, `{"code":"","result":"","data":"","message":[]}`,
	}, s.Hollow...)
}
