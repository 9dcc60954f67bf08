package storefront

import (
	"context"
	"net/http"
	"slices"

	"doorstep/internal/catalog"
	"doorstep/internal/db"
	"doorstep/internal/id"
	"doorstep/internal/report"
	"doorstep/internal/web/ui"
)

// What the home page shows at most.
const (
	homeShelves = 6 // collections as tiles
	homeRow     = 8 // products in a row
)

// homePage is the shop's front.
type homePage struct {
	Hero    []report.Card // pictures beside the words
	Shelves []shelfTile
	Fresh   []report.Card
	Lead    *shelfTile // one collection shown whole
	LeadRow []report.Card
}

// shelfTile is a collection with the picture of its first product.
type shelfTile struct {
	Title, URL, Words string
	Image             report.Picture
}

func (s *shop) home(v *visit) error {
	var p homePage
	err := s.DB.View(v.ctx, func(ctx context.Context, tx *db.Tx) error {
		p = homePage{}
		fresh, err := report.OnShelf(ctx, tx, v.store, report.Shelf{Sort: report.Newest}, "", homeRow)
		if err != nil {
			return err
		}
		p.Fresh = fresh.Cards
		shelves, err := catalog.Collections(ctx, tx, v.store, navigation)
		if err != nil {
			return err
		}
		return s.furnish(ctx, tx, v, &p, shelves)
	})
	if err != nil {
		return err
	}
	v.about(v.set.Brand.Name, v.tagline(), "/")
	v.page.Data = v.shopData()
	return v.show(http.StatusOK, homeView(v, p))
}

// furnish picks the collections that the home page shows: those with products.
func (s *shop) furnish(ctx context.Context, tx *db.Tx, v *visit, p *homePage, shelves []catalog.Collection) error {
	seen := map[id.Product]bool{}
	for _, c := range shelves {
		page, err := report.OnShelf(ctx, tx, v.store, report.Shelf{Collection: c.CollectionID}, "", homeRow)
		if err != nil {
			return err
		}
		if len(page.Cards) == 0 {
			continue
		}
		tile := shelfTile{Title: c.Title, URL: "/collections/" + c.Handle, Words: cut(plain(c.Body), 120)}
		tile.Image = unseen(page.Cards, seen)
		if newest(c.Handle) && p.Lead == nil && len(page.Cards) >= 4 {
			p.Lead, p.LeadRow = &tile, wholeRows(page.Cards)
			for _, card := range p.LeadRow {
				seen[card.ID] = true
			}
			continue
		}
		if len(p.Shelves) < homeShelves && tile.Image.URL != "" {
			p.Shelves = append(p.Shelves, tile)
		}
		if len(p.Shelves) == homeShelves && p.Lead != nil {
			break
		}
	}
	p.pickHero(seen)
	return nil
}

// unseen is the first picture that no other tile shows, and notes that it is shown now.
func unseen(cards []report.Card, seen map[id.Product]bool) report.Picture {
	for _, card := range cards {
		if card.Image.URL != "" && !seen[card.ID] {
			seen[card.ID] = true
			return card.Image
		}
	}
	return report.Picture{}
}

// pickHero takes pictures that are nowhere else on the page, where there are some.
func (p *homePage) pickHero(seen map[id.Product]bool) {
	for _, fresh := range []bool{true, false} {
		for _, card := range p.Fresh {
			if len(p.Hero) < 3 && card.Image.URL != "" && seen[card.ID] != fresh {
				p.Hero = append(p.Hero, card)
			}
		}
	}
	p.Fresh = wholeRows(p.Fresh)
}

// wholeRows leaves out what would stand alone in a last row of four.
func wholeRows(list []report.Card) []report.Card {
	if len(list) > 4 {
		return list[:len(list)/4*4]
	}
	return list
}

// newest says whether a collection is the shop's news, by its name in addresses.
func newest(handle string) bool {
	return slices.Contains([]string{"new", "new-arrivals", "new-in", "frontpage", "featured"}, handle)
}

// tagline is the shop's own sentence, or one that is true of every shop.
func (v *visit) tagline() string {
	if !v.words.Owns("tagline") && v.set.Brand.Tagline != "" {
		return v.set.Brand.Tagline
	}
	return v.say("tagline")
}

// collections lists all collections.
func (s *shop) collections(v *visit) error {
	var tiles []shelfTile
	seen := map[id.Product]bool{}
	err := s.DB.View(v.ctx, func(ctx context.Context, tx *db.Tx) error {
		tiles = nil
		clear(seen)
		all, err := catalog.Collections(ctx, tx, v.store, 200)
		if err != nil {
			return err
		}
		for _, c := range all {
			page, err := report.OnShelf(ctx, tx, v.store, report.Shelf{Collection: c.CollectionID}, "", homeRow)
			if err != nil {
				return err
			}
			t := shelfTile{Title: c.Title, URL: "/collections/" + c.Handle, Words: cut(plain(c.Body), 120)}
			if len(page.Cards) > 0 {
				if t.Image = unseen(page.Cards, seen); t.Image.URL == "" {
					t.Image = page.Cards[0].Image
				}
				tiles = append(tiles, t)
			}
		}
		return nil
	})
	if err != nil {
		return err
	}
	v.about(v.say("collections"), v.say("collections_about", "shop", v.set.Brand.Name), "/collections")
	return v.show(http.StatusOK, collectionsView(v, tiles))
}

// gallery shows every component.
func (s *shop) gallery(v *visit) error {
	v.about("Gallery", "", "")
	v.page.Robots = "noindex"
	if v.r.URL.Query().Get("dir") == "rtl" {
		v.page.Locale = "ar" // no words of ours: it shows what the kit does from right to left
	}
	return v.show(http.StatusOK, ui.Gallery(v.page))
}
