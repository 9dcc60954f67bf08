package number

import "golang.org/x/text/language"

// The functions below name the service a code stands for, "" where the code is not
// known. An unknown code does not make a number invalid, only less credible.

// upsService reads the two characters after the shipper's account in a 1Z number.
func upsService(code string) string {
	switch code {
	case "01":
		return "UPS Next Day Air"
	case "02":
		return "UPS Second Day Air"
	case "03":
		return "UPS Ground"
	case "12":
		return "UPS Third Day Select"
	case "13":
		return "UPS Next Day Air Saver"
	case "15", "32", "33", "41", "A0", "A1", "A9", "AA":
		return "UPS Next Day Air Early A.M."
	case "22", "78", "90":
		return "UPS Ground, return"
	case "42", "A8":
		return "UPS Ground, signature required"
	case "44", "A2":
		return "UPS Next Day Air"
	case "66":
		return "UPS Worldwide Express"
	case "72":
		return "UPS Ground, collect on delivery"
	case "YW":
		return "UPS SurePost, delivered by USPS"
	}
	return ""
}

// upsWaybill reads the letter of a UPS waybill.
func upsWaybill(code string) string {
	switch code {
	case "J":
		return "UPS Next Day Express"
	case "K":
		return "UPS Ground"
	case "V":
		return "UPS Worldwide Express Saver"
	}
	return ""
}

// uspsConfirmation reads the two digits that begin an older USPS label number.
func uspsConfirmation(code string) string {
	switch code {
	case "01", "02", "03", "04", "05", "06", "07", "08", "14":
		return "USPS Delivery Confirmation"
	case "21", "22", "23", "24", "25", "26", "34":
		return "USPS Signature Confirmation"
	case "50":
		return "USPS electronic file header"
	case "56":
		return "USPS passive en-route scan"
	case "73":
		return "USPS Insured Mail"
	case "82", "83", "85":
		return "USPS Merchandise Return"
	}
	return ""
}

// impbService reads the two digits that say who printed an IMpb barcode.
func impbService(code string) string {
	switch code {
	case "92", "93":
		return "USPS, commercial mailer"
	case "94":
		return "USPS, label bought online"
	case "95":
		return "USPS Retail"
	}
	return ""
}

// ssccContainer reads the two digits that begin a FedEx Ground SSCC-18.
func ssccContainer(code string) string {
	switch code {
	case "00":
		return "FedEx Ground, carton"
	case "01":
		return "FedEx Ground, pallet"
	case "02":
		return "FedEx Ground, larger than a pallet"
	case "04":
		return "FedEx Ground, internal"
	}
	return ""
}

// dpdService reads the six digits before DPD's check character: three for the
// service, three for the destination (ISO 3166 numeric, which is M49). A
// destination that does not exist makes the code unknown.
func dpdService(code string) string {
	number := 0
	for i := 3; i < 6; i++ {
		number = number*10 + value(code[i])
	}
	if _, err := language.EncodeM49(number); err != nil {
		return ""
	}
	switch code[:3] {
	case "101", "136":
		return "DPD Classic"
	case "102":
		return "DPD Classic, hazardous goods"
	case "105":
		return "DPD Classic, ex works"
	case "106":
		return "DPD Classic, ex works, hazardous goods"
	case "109":
		return "DPD Classic, cash on delivery"
	case "110":
		return "DPD Classic, cash on delivery, hazardous goods"
	case "113":
		return "DPD Classic, exchange"
	case "154":
		return "DPD Parcel Letter"
	case "155", "161":
		return "DPD Guarantee"
	case "179", "191":
		return "DPD 10:00"
	case "225", "237":
		return "DPD 12:00"
	case "350":
		return "DPD 8:30"
	}
	return ""
}

// s10Service reads the two letters that begin an S10 number, as the UPU gives them
// out.
func s10Service(code string) string {
	switch first, second := code[0], code[1]; first {
	case 'E':
		return "EMS"
	case 'L':
		return "Letter post, express"
	case 'M':
		return "M-bag"
	case 'Q':
		if second <= 'M' {
			return "Business reply"
		}
	case 'R':
		return "Registered letter post"
	case 'U':
		return "Letter post"
	case 'V':
		return "Insured letter post"
	case 'C':
		return "Parcel post"
	case 'H':
		return "Parcel post, e-commerce"
	case 'B', 'D', 'N', 'P', 'Z':
		return "Domestic or bilateral post"
	case 'A':
		if second >= 'V' {
			return "Domestic or bilateral post"
		}
	case 'G':
		if second == 'A' || second == 'D' {
			return "Domestic or bilateral post"
		}
	}
	return ""
}
