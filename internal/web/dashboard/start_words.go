package dashboard

import (
	"strings"
	"unicode/utf8"

	"doorstep/internal/web/ui"
	"doorstep/money"
)

// currencyChoices are the currencies that shops mostly sell in, and the one that is chosen.
func currencyChoices(chosen string) []ui.Choice {
	known := []ui.Choice{
		{Value: "EUR", Name: "EUR · Euro"}, {Value: "USD", Name: "USD · US dollar"}, {Value: "GBP", Name: "GBP · Pound sterling"},
		{Value: "CHF", Name: "CHF · Swiss franc"}, {Value: "AUD", Name: "AUD · Australian dollar"}, {Value: "BRL", Name: "BRL · Brazilian real"},
		{Value: "CAD", Name: "CAD · Canadian dollar"}, {Value: "CZK", Name: "CZK · Czech koruna"}, {Value: "DKK", Name: "DKK · Danish krone"},
		{Value: "AED", Name: "AED · UAE dirham"}, {Value: "HKD", Name: "HKD · Hong Kong dollar"}, {Value: "HUF", Name: "HUF · Hungarian forint"},
		{Value: "INR", Name: "INR · Indian rupee"}, {Value: "ILS", Name: "ILS · Israeli new shekel"}, {Value: "JPY", Name: "JPY · Japanese yen"},
		{Value: "KRW", Name: "KRW · South Korean won"}, {Value: "KWD", Name: "KWD · Kuwaiti dinar"}, {Value: "MXN", Name: "MXN · Mexican peso"},
		{Value: "NOK", Name: "NOK · Norwegian krone"}, {Value: "NZD", Name: "NZD · New Zealand dollar"}, {Value: "PLN", Name: "PLN · Polish złoty"},
		{Value: "RON", Name: "RON · Romanian leu"}, {Value: "SAR", Name: "SAR · Saudi riyal"}, {Value: "SEK", Name: "SEK · Swedish krona"},
		{Value: "SGD", Name: "SGD · Singapore dollar"}, {Value: "THB", Name: "THB · Thai baht"}, {Value: "TRY", Name: "TRY · Turkish lira"},
		{Value: "ZAR", Name: "ZAR · South African rand"},
	}
	for _, c := range known {
		if c.Value == chosen {
			return known
		}
	}
	if money.Currency(chosen).Valid() {
		known = append(known, ui.Choice{Value: chosen, Name: chosen})
	}
	return known
}

// localeChoices are the languages that shop and mails speak, and the one that is chosen.
func localeChoices(chosen string) []ui.Choice {
	known := []ui.Choice{{Value: "en", Name: "English"}, {Value: "de", Name: "Deutsch"}, {Value: "fr", Name: "Français"},
		{Value: "es", Name: "Español"}, {Value: "pt-BR", Name: "Português (Brasil)"}}
	for _, c := range known {
		if c.Value == chosen {
			return known
		}
	}
	return append(known, ui.Choice{Value: chosen, Name: chosen})
}

// zoneNames are time zones to choose from; any other of the IANA's may be typed.
func zoneNames() []string {
	return strings.Fields(`Africa/Cairo Africa/Casablanca Africa/Johannesburg Africa/Lagos Africa/Nairobi America/Argentina/Buenos_Aires America/Bogota
		America/Chicago America/Denver America/Halifax America/Lima America/Los_Angeles America/Mexico_City America/New_York America/Phoenix
		America/Santiago America/Sao_Paulo America/Toronto America/Vancouver Asia/Bangkok Asia/Dhaka Asia/Dubai Asia/Ho_Chi_Minh Asia/Hong_Kong
		Asia/Jakarta Asia/Jerusalem Asia/Karachi Asia/Kolkata Asia/Kuala_Lumpur Asia/Kuwait Asia/Manila Asia/Riyadh Asia/Seoul Asia/Shanghai
		Asia/Singapore Asia/Taipei Asia/Tokyo Atlantic/Reykjavik Australia/Brisbane Australia/Melbourne Australia/Perth Australia/Sydney
		Europe/Amsterdam Europe/Athens Europe/Berlin Europe/Brussels Europe/Bucharest Europe/Budapest Europe/Copenhagen Europe/Dublin
		Europe/Helsinki Europe/Istanbul Europe/Kyiv Europe/Lisbon Europe/London Europe/Madrid Europe/Oslo Europe/Paris Europe/Prague Europe/Rome
		Europe/Sofia Europe/Stockholm Europe/Vienna Europe/Warsaw Europe/Zurich Pacific/Auckland Pacific/Honolulu UTC`)
}

// cutWords is a text of at most so many characters.
func cutWords(s string, most int) string {
	if utf8.RuneCountInString(s) <= most {
		return s
	}
	return string([]rune(s)[:most-1]) + "…"
}
