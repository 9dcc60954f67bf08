package inventory

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strings"
	"unicode/utf8"

	"doorstep/internal/clock"
	"doorstep/internal/db"
	"doorstep/internal/id"
)

// ErrTaken says that another supplier of the store has the name.
var ErrTaken = errors.New("another supplier has this name")

// ErrInvalid says, wrapped with the reason, that a supplier or an offer cannot be kept.
var ErrInvalid = errors.New("not valid")

// NewSupplier is a supplier of a store with the usual values; only a name of its own and
// what is different need be set.
func NewSupplier(store id.Store, name string) Supplier {
	return Supplier{StoreID: store, Name: name, Automatic: true, Reliability: 9500, HandlingDays: 2}
}

// ShipsTo says whether the supplier ships to a country (ISO 3166 alpha-2).
func (s Supplier) ShipsTo(country string) bool {
	return s.ShipTo == "" || slices.Contains(strings.Split(s.ShipTo, ","), country)
}

// Believes says whether what the supplier said at asOf still counts at now.
func (s Supplier) Believes(asOf, now clock.Time) bool {
	return s.MaxAgeSeconds == 0 || asOf >= now-clock.Time(s.MaxAgeSeconds*1_000_000)
}

// check tidies a supplier and refuses what makes no sense.
func (s *Supplier) check() error {
	s.Name = strings.TrimSpace(s.Name)
	s.ShipTo = strings.ToUpper(strings.Join(strings.FieldsFunc(s.ShipTo, func(r rune) bool { return r == ',' || r == ' ' }), ","))
	switch {
	case s.Name == "" || utf8.RuneCountInString(s.Name) > 255:
		return fmt.Errorf("supplier's name %q: %w: 1 to 255 characters", s.Name, ErrInvalid)
	case s.Reliability < 0 || s.Reliability > 10_000:
		return fmt.Errorf("supplier %s: reliability %d: %w: 0 to 10000", s.Name, s.Reliability, ErrInvalid)
	case s.HandlingDays < 0 || s.MaxAgeSeconds < 0:
		return fmt.Errorf("supplier %s: %w: days and ages are not negative", s.Name, ErrInvalid)
	case s.Freight != "" && !json.Valid([]byte(s.Freight)):
		return fmt.Errorf("supplier %s: freight table: %w: not JSON", s.Name, ErrInvalid)
	}
	for country := range strings.SplitSeq(s.ShipTo, ",") {
		if s.ShipTo != "" && len(country) != 2 {
			return fmt.Errorf("supplier %s: ships to %q: %w: not a country code", s.Name, country, ErrInvalid)
		}
	}
	return nil
}

// AddSupplier stores a new supplier and gives it an id. ErrTaken when the name is in use.
func AddSupplier(ctx context.Context, tx *db.Tx, s Supplier) (Supplier, error) {
	if err := s.check(); err != nil {
		return Supplier{}, err
	}
	s.SupplierID = id.Supplier(id.New("su", tx.Now.Std()))
	s.CreatedAt, s.UpdatedAt = tx.Now, tx.Now
	n, err := New(tx).InsertSupplier(ctx, InsertSupplierParams(s))
	if err == nil && n == 0 {
		err = ErrTaken
	}
	if err != nil {
		return Supplier{}, fmt.Errorf("supplier %s: %w", s.Name, err)
	}
	return s, nil
}

// ChangeSupplier stores everything about a supplier anew. Where it has become more or less
// patient with old offers, its variants are counted again.
func ChangeSupplier(ctx context.Context, tx *db.Tx, s Supplier) error {
	if err := s.check(); err != nil {
		return err
	}
	q := New(tx)
	old, err := SupplierByID(ctx, tx, s.StoreID, s.SupplierID)
	if err != nil {
		return err
	}
	if other, err := SupplierByName(ctx, tx, s.StoreID, s.Name); err == nil && other.SupplierID != s.SupplierID {
		return fmt.Errorf("supplier %s: %w", s.Name, ErrTaken)
	}
	_, err = q.UpdateSupplier(ctx, UpdateSupplierParams{
		StoreID: s.StoreID, SupplierID: s.SupplierID, Name: s.Name, ConnectorID: s.ConnectorID, Automatic: s.Automatic,
		Priority: s.Priority, Reliability: s.Reliability, HandlingDays: s.HandlingDays, ShipTo: s.ShipTo, Freight: s.Freight,
		MaxAgeSeconds: s.MaxAgeSeconds, UpdatedAt: tx.Now,
	})
	if err != nil {
		return fmt.Errorf("supplier %s: %w", s.Name, err)
	}
	if old.MaxAgeSeconds == s.MaxAgeSeconds {
		return nil
	}
	return recountSupplier(ctx, tx, s)
}

// SupplierByID is the supplier of an id. The error of one that is not there wraps
// sql.ErrNoRows, here and everywhere in this package.
func SupplierByID(ctx context.Context, tx *db.Tx, store id.Store, supplier id.Supplier) (Supplier, error) {
	s, err := New(tx).SupplierByID(ctx, SupplierByIDParams{store, supplier})
	if err != nil {
		return Supplier{}, fmt.Errorf("supplier %s: %w", supplier, err)
	}
	return s, nil
}

// SupplierByName is the supplier of a name.
func SupplierByName(ctx context.Context, tx *db.Tx, store id.Store, name string) (Supplier, error) {
	s, err := New(tx).SupplierByName(ctx, SupplierByNameParams{store, name})
	if err != nil {
		return Supplier{}, fmt.Errorf("supplier %q: %w", name, err)
	}
	return s, nil
}

// SuppliersOf are the suppliers behind a connector, mostly one.
func SuppliersOf(ctx context.Context, tx *db.Tx, store id.Store, c id.Connector) ([]Supplier, error) {
	return New(tx).SuppliersByConnector(ctx, SuppliersByConnectorParams{store, c})
}

// Suppliers are all suppliers of a store, the preferred first.
func Suppliers(ctx context.Context, tx *db.Tx, store id.Store) ([]Supplier, error) {
	return New(tx).Suppliers(ctx, store)
}
