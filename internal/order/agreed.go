package order

import (
	"context"
	"crypto/sha256"
	"encoding/base64"
	"strings"
	"sync"

	"doorstep/internal/db"
	"doorstep/internal/id"
)

// Shown is a text that a customer is shown who places an order.
type Shown struct {
	Kind   string // terms, returns, privacy
	Locale string // that the words are in, BCP 47
	Words  string // plain text or HTML
}

// hash names the text: 128 bits of its SHA-256, which nobody can choose two texts for.
func (s Shown) hash() string {
	sum := sha256.Sum256([]byte(s.Kind + "\x00" + s.Locale + "\x00" + s.Words))
	return base64.RawURLEncoding.EncodeToString(sum[:16])
}

// keptTexts are the texts that this process knows to be stored, by store and hash. They are
// never dropped, so what is known stays true.
type keptTexts struct{ sync.Map }

type keptTextsKey struct{}

type keptText struct {
	store id.Store
	hash  string
}

// KeepAgreed keeps the texts that an order is placed under and returns what stands for them in
// Order.AgreedTo. Texts that are known cost no statement, all others one together.
func KeepAgreed(ctx context.Context, tx *db.Tx, store id.Store, texts []Shown) (string, error) {
	known := tx.Attach(keptTextsKey{}, &keptTexts{}).(*keptTexts)
	hashes, fresh := make([]string, len(texts)), db.NewBatch(tx)
	for i, s := range texts {
		hashes[i] = s.hash()
		name := keptText{store, hashes[i]}
		if _, ok := known.Load(name); ok {
			continue
		}
		err := New(fresh).InsertAgreed(ctx, InsertAgreedParams{StoreID: store, TextHash: hashes[i], Kind: s.Kind, Locale: s.Locale, Words: s.Words, FirstAt: tx.Now})
		if err != nil {
			return "", err
		}
		tx.AfterCommit(func() { known.Store(name, true) })
	}
	err := fresh.Write(ctx)
	return strings.Join(hashes, " "), err
}

// Agreed are the texts that an order was placed under; none of an order from before they were
// kept.
func Agreed(ctx context.Context, tx *db.Tx, o Order) ([]AgreedText, error) {
	hashes := strings.Fields(o.AgreedTo)
	if len(hashes) == 0 {
		return nil, nil
	}
	return New(db.Among(tx, hashes)).AgreedAmong(ctx, AgreedAmongParams{StoreID: o.StoreID})
}
