package outside

import (
	"encoding/json"
	"fmt"
	"strings"

	"doorstep/internal/id"
	"doorstep/internal/store"
	"doorstep/payment/manual"
)

// Transfer is how an order is paid by hand, in parts, so that a page can say it in any
// language.
type Transfer struct {
	Cash      bool   // in cash, at the door: there is no account
	Own       bool   // the merchant wrote instructions: they are the payment's own words
	Payee     string // of the account
	IBAN, BIC string
	Reference string // what the payer must quote
}

// TransferOf reads how a manual way to pay wants to be paid for an order, without a call.
func TransferOf(row store.Connector, number int64, payment id.Payment) (t Transfer) {
	var set map[string]string
	if json.Unmarshal([]byte(row.Settings), &set) != nil {
		return Transfer{Own: true}
	}
	iban := strings.ToUpper(strings.Join(strings.Fields(set["iban"]), ""))
	var parts []string
	for len(iban) > 4 {
		parts, iban = append(parts, iban[:4]), iban[4:]
	}
	return Transfer{Cash: set["method"] == manual.Cash, Own: set["instructions"] != "", Payee: set["payee"], IBAN: strings.Join(append(parts, iban), " "),
		BIC: set["bic"], Reference: manual.Reference(fmt.Sprint(number), keyOf(string(payment)))}
}
