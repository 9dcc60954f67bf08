package api

import (
	"context"
	"maps"
	"slices"

	"doorstep/internal/clock"
	"doorstep/internal/db"
	"doorstep/internal/id"
	"doorstep/internal/inventory"
	"doorstep/internal/score"
)

// ScorecardPath names a supplier.
type ScorecardPath struct {
	ID id.Supplier `path:"supplier"`
}

// Scorecard is how reliable a supplier is, by what carriers, customers and the books say.
type Scorecard struct {
	Supplier  id.Supplier        `json:"supplier"`
	CountedAt clock.Time         `json:"counted_at" doc:"null: nothing was counted yet"`
	Standing  int64              `json:"standing" doc:"Of 10,000 orders go well; 0 while nothing is counted"`
	Orders    int64              `json:"orders" doc:"That it rests on"`
	Measures  []Measure          `json:"measures"`
	Articles  []ArticleScorecard `json:"articles"`
}

// ArticleScorecard is the same of one of its articles.
type ArticleScorecard struct {
	SKU      string    `json:"sku" doc:"The supplier's"`
	Standing int64     `json:"standing"`
	Orders   int64     `json:"orders"`
	Measures []Measure `json:"measures"`
}

// Measure is one figure: a share in parts of 10,000, or minutes.
type Measure struct {
	Name        string `json:"name" doc:"accepted, filled, to-label, to-scan, on-time, cancelled, damaged, wrong, recovered, never-scanned, number-seen, elsewhere or served"`
	Value       int64  `json:"value" doc:"Of 10,000, or minutes; drawn towards the average of all suppliers: (part + 20 × average) / (whole + 20)"`
	Minutes     bool   `json:"minutes"`
	Trend       int    `json:"trend" doc:"1: better in the last 30 days than in the 90 before, -1: worse"`
	RecentPart  int64  `json:"recent_part" doc:"The last 30 days"`
	RecentWhole int64  `json:"recent_whole"`
	BeforePart  int64  `json:"before_part" doc:"The 90 days before"`
	BeforeWhole int64  `json:"before_whole"`
}

func (a *API) supplierScorecard(ctx context.Context, c *call, in *ScorecardPath) (out Scorecard, err error) {
	err = a.db.View(ctx, func(ctx context.Context, tx *db.Tx) error {
		out = Scorecard{Supplier: in.ID, Measures: []Measure{}, Articles: []ArticleScorecard{}}
		if _, err := inventory.SupplierByID(ctx, tx, c.store, in.ID); err != nil {
			return err
		}
		all, at, err := score.Of(ctx, tx, c.store, "")
		if err != nil || len(all) == 0 {
			return err
		}
		cards, err := score.Articles(ctx, tx, c.store, in.ID)
		if err != nil {
			return err
		}
		own := cards[""]
		out.CountedAt = at
		out.Standing, out.Orders = score.Standing(own, all)
		out.Measures = measuresOf(own, all)
		for _, sku := range slices.Sorted(maps.Keys(cards)) {
			if sku == "" {
				continue
			}
			one := ArticleScorecard{SKU: sku, Measures: measuresOf(cards[sku], own)}
			one.Standing, one.Orders = score.ArticleStanding(cards[sku], own, all)
			out.Articles = append(out.Articles, one)
		}
		return nil
	})
	return out, err
}

func measuresOf(own, all score.Card) []Measure {
	list := []Measure{}
	for _, m := range score.Measures() {
		n, known := score.Shrunk(m, own[m].All(), all[m].All())
		if !known {
			continue
		}
		f := own[m]
		list = append(list, Measure{Name: m, Value: n, Minutes: score.Time(m), Trend: score.Trend(m, f, all[m]), RecentPart: f.Recent.Part,
			RecentWhole: f.Recent.Whole, BeforePart: f.Before.Part, BeforeWhole: f.Before.Whole})
	}
	return list
}
