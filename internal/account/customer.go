package account

import (
	"context"
	"database/sql"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"time"

	"doorstep/internal/address"
	"doorstep/internal/clock"
	"doorstep/internal/db"
	"doorstep/internal/id"
)

// What one customer may have, and for how long.
const (
	MaxAddresses  = 10
	CustomerLife  = 30 * 24 * time.Hour // signed in, in all
	customerAgent = 300                 // bytes of what a browser calls itself
)

// ErrAddresses says that a customer has as many addresses as there may be.
var ErrAddresses = fmt.Errorf("there is room for %d addresses", MaxAddresses)

// PutCustomer is the customer with a mail address that was proved; made, where nobody has
// bought or signed in with it. A guest's orders are the customer's, by the same address.
func PutCustomer(ctx context.Context, tx *db.Tx, store id.Store, email, locale string) (Customer, error) {
	q := New(tx)
	err := q.InsertCustomer(ctx, InsertCustomerParams{StoreID: store, CustomerID: id.Customer(id.New("cu", tx.Now.Std())), Email: email,
		CreatedAt: tx.Now, Locale: locale})
	if err != nil {
		return Customer{}, err
	}
	return q.CustomerByEmail(ctx, CustomerByEmailParams{StoreID: store, Email: email})
}

// SetCustomerLocale remembers in which language a customer wants to be written to.
func SetCustomerLocale(ctx context.Context, tx *db.Tx, store id.Store, who id.Customer, locale string) error {
	return New(tx).SetCustomerLocale(ctx, SetCustomerLocaleParams{StoreID: store, CustomerID: who, Locale: locale})
}

// StartCustomer lets a browser in for somebody whose mail address was proved. The token is
// told once and never stored.
func StartCustomer(ctx context.Context, tx *db.Tx, who Customer, agent string) (string, error) {
	q := New(tx)
	if err := q.DeleteOldCustomerSessions(ctx, DeleteOldCustomerSessionsParams{StoreID: who.StoreID, CreatedAt: tx.Now.Add(-CustomerLife)}); err != nil {
		return "", err
	}
	token := sessionToken()
	return token, q.InsertCustomerSession(ctx, InsertCustomerSessionParams{StoreID: who.StoreID, SessionID: id.New("cs", tx.Now.Std()),
		CustomerID: who.CustomerID, TokenHash: hashKey(token), Agent: shortened(agent, customerAgent), CreatedAt: tx.Now, SeenAt: tx.Now})
}

// ResumeCustomer says whose session a token is; ErrSession when it is nobody's or too old.
func ResumeCustomer(ctx context.Context, tx *db.Tx, store id.Store, token string) (CustomerSession, Customer, error) {
	if token == "" {
		return CustomerSession{}, Customer{}, ErrSession
	}
	row, err := New(tx).CustomerSessionByToken(ctx, CustomerSessionByTokenParams{TokenHash: hashKey(token), StoreID: store})
	if errors.Is(err, sql.ErrNoRows) || err == nil && !row.CustomerSession.Live(tx.Now) {
		return CustomerSession{}, Customer{}, ErrSession
	}
	return row.CustomerSession, row.Customer, err
}

// Live says whether the session still counts.
func (t CustomerSession) Live(now clock.Time) bool { return now.Before(t.CreatedAt.Add(CustomerLife)) }

// Stale says whether it is time to note that the browser is still there.
func (t CustomerSession) Stale(now clock.Time) bool { return now.Sub(t.SeenAt) >= time.Hour }

// TouchCustomer notes that a browser is still there.
func TouchCustomer(ctx context.Context, tx *db.Tx, t CustomerSession) error {
	return New(tx).TouchCustomerSession(ctx, TouchCustomerSessionParams{StoreID: t.StoreID, SessionID: t.SessionID, SeenAt: tx.Now})
}

// CustomerSessions lists the browsers in which a customer is signed in, the newest first.
func CustomerSessions(ctx context.Context, tx *db.Tx, store id.Store, who id.Customer) ([]CustomerSession, error) {
	return New(tx).CustomerSessionsOf(ctx, CustomerSessionsOfParams{StoreID: store, CustomerID: who, CreatedAt: tx.Now.Add(-CustomerLife)})
}

// EndCustomer signs one of a customer's browsers out, or all of them where the name is empty;
// false when none was in.
func EndCustomer(ctx context.Context, tx *db.Tx, store id.Store, who id.Customer, session string) (ended bool, err error) {
	var n int64
	if session == "" {
		n, err = New(tx).DeleteCustomerSessions(ctx, DeleteCustomerSessionsParams{StoreID: store, CustomerID: who})
	} else {
		n, err = New(tx).DeleteCustomerSession(ctx, DeleteCustomerSessionParams{StoreID: store, CustomerID: who, SessionID: session})
	}
	return n > 0, err
}

// Addresses lists where a customer gets post, the default one first.
func Addresses(ctx context.Context, tx *db.Tx, store id.Store, who id.Customer) ([]CustomerAddress, error) {
	return New(tx).CustomerAddresses(ctx, CustomerAddressesParams{StoreID: store, CustomerID: who})
}

// Address reads what is stored.
func (a CustomerAddress) Address() (to address.Address, err error) {
	if err := json.Unmarshal([]byte(a.Body), &to); err != nil {
		return to, fmt.Errorf("address %s: %w", a.AddressID, err)
	}
	return to, nil
}

// PutAddress stores a cleaned and checked address under a name, or as a new one where the name
// is empty; one that is there already, letter by letter, is not stored twice. The first becomes
// the default. A name of somebody else's changes nothing. ErrAddresses when there are too many.
func PutAddress(ctx context.Context, tx *db.Tx, store id.Store, who id.Customer, name string, to address.Address) error {
	q := New(tx)
	if _, err := q.LockCustomer(ctx, LockCustomerParams{StoreID: store, CustomerID: who}); err != nil {
		return err
	}
	have, err := Addresses(ctx, tx, store, who)
	if err != nil {
		return err
	}
	b, _ := json.Marshal(to) // a struct of strings cannot fail
	known := slices.ContainsFunc(have, func(a CustomerAddress) bool { return a.Body == string(b) })
	switch {
	case name == "" && known:
		return nil
	case name == "" && len(have) >= MaxAddresses:
		return ErrAddresses
	case name == "":
		name = id.New("ad", tx.Now.Std())
	}
	return q.PutCustomerAddress(ctx, PutCustomerAddressParams{StoreID: store, AddressID: name, CustomerID: who, Body: string(b),
		IsDefault: len(have) == 0, CreatedAt: tx.Now, UpdatedAt: tx.Now})
}

// DefaultAddress makes one of a customer's addresses the one that is filled in.
func DefaultAddress(ctx context.Context, tx *db.Tx, store id.Store, who id.Customer, name string) error {
	q := New(tx)
	if err := q.ClearDefaultAddress(ctx, ClearDefaultAddressParams{StoreID: store, CustomerID: who}); err != nil {
		return err
	}
	n, err := q.SetDefaultAddress(ctx, SetDefaultAddressParams{StoreID: store, CustomerID: who, AddressID: name})
	if err == nil && n == 0 {
		err = fmt.Errorf("address %s: %w", name, sql.ErrNoRows)
	}
	return err
}

// DropAddress forgets one of a customer's addresses; the one changed last becomes the default.
func DropAddress(ctx context.Context, tx *db.Tx, store id.Store, who id.Customer, name string) error {
	_, err := New(tx).DeleteCustomerAddress(ctx, DeleteCustomerAddressParams{StoreID: store, CustomerID: who, AddressID: name})
	if err != nil {
		return err
	}
	left, err := Addresses(ctx, tx, store, who)
	if err != nil || len(left) == 0 || left[0].IsDefault {
		return err
	}
	return DefaultAddress(ctx, tx, store, who, left[0].AddressID)
}
