package main

import (
	"context"
	"fmt"
	"path/filepath"
	"slices"

	"doorstep"
	shared "doorstep/connector/emulator"
	"doorstep/e2e/browser"
	"doorstep/e2e/stage"
	"doorstep/internal/account"
	"doorstep/internal/demo"
	"doorstep/internal/smtptest"
)

// slowSpeed lets a parcel take half a minute to the door: long enough to stop it anywhere.
const slowSpeed = 20_000

// scene is a shop that stands still: nobody packs, parcels stop on their way, and each order
// waits in another state.
type scene struct {
	*people
	camera   *camera
	database string

	pottery, glass, dairy stage.Maker
	orders                map[string]sold
	claim                 string // the claim page of a customer who would like a replacement
	back                  string // the same of one whose goods are on their way back
}

// slow photographs what passes too quickly in a shop that lives.
func (c *camera) slow(chromium *browser.Chromium, binary, dir string) error {
	s := &scene{camera: c, database: filepath.Join(dir, "slow.db"), orders: map[string]sold{}}
	town, err := stage.Open(c.ctx, stage.TownOptions{Binary: binary, Database: s.database, Speed: slowSpeed, Gallery: true, Idle: true,
		Settings: map[string]string{"claim.return_to": "Harbour Street 1\\nBremen", "claim.keep_below": "1.00"},
		Staff:    map[string]account.Role{owner: account.Owner}, Before: s.furnish})
	if err != nil {
		return err
	}
	defer town.Close()
	c.town, s.people = town, &people{ctx: c.ctx, town: town}
	for _, step := range []func() error{s.byCard, s.byHand, s.parcels, s.refusals} {
		if err := step(); err != nil {
			c.Errorf("%v", err) // costs its own pictures only
		}
	}
	c.once(chromium, true, s.dearer, s.asksCustomer)
	c.once(chromium, false, s.breaks, s.sendsBack)
	if err := s.breakdown(); err != nil {
		c.Errorf("%v", err)
	}
	for _, look := range looks() {
		c.take(chromium, "slow", look, town.Base, nil, s.storefront())
		c.take(chromium, "slow", look, town.Base, signIn, s.dashboard())
	}
	return nil
}

// furnish brings in makers whom only people talk to.
func (s *scene) furnish(ctx context.Context, p *doorstep.Program) (err error) {
	if s.pottery, err = stage.AddPottery(ctx, p); err != nil {
		return err
	}
	if s.glass, err = stage.AddGlassworks(ctx, p); err != nil {
		return err
	}
	s.dairy, err = stage.AddDairy(ctx, p)
	return err
}

// place has an order paid for, and keeps it by a name.
func (s *scene) place(as, name, by string, wishes ...wish) (sold, error) {
	o, err := s.pays(name, by, wishes...)
	s.orders[as] = o
	return o, err
}

// byCard are orders that are paid by card and come by themselves: one whose money the bank wants
// back, one that breaks.
func (s *scene) byCard() error {
	kettle, err := s.variant("gooseneck-kettle")
	if err != nil {
		return err
	}
	for _, one := range [][2]string{{"chargeback", "Carla Card"}, {"broken", "Bruno Bruch"}} {
		if _, err := s.place(one[0], one[1], "stripe", wish{kettle, 1}); err != nil {
			return err
		}
	}
	return nil
}

// byHand are purchases that people make: one that is not accepted yet, one whose answer is lost,
// one that is refused.
func (s *scene) byHand() error {
	butter := wish{string(s.dairy.Variant), 2}
	for _, one := range [][2]string{{"ordered", "Wanda Wartet"}, {"uncertain", "Ulf Ungewiss"}, {"rejected", "Rita Refused"}} {
		as := one[0]
		o, err := s.place(as, one[1], "bank", butter)
		if err != nil {
			return err
		}
		k, err := s.until(o, "a purchase", many(1))
		if err != nil {
			return err
		}
		if as == "uncertain" {
			s.town.World.Post.Once(smtptest.DropAfter, stage.DairyMail)
		}
		at := "/purchases/" + k.Purchases[0].ID
		if err := s.work(at+"/release", nil); err != nil {
			return err
		}
		if as == "uncertain" {
			if _, err := s.until(o, "a lost answer", needs("uncertain")); err != nil {
				return err
			}
			continue
		}
		if _, err := s.until(o, "a purchase that was sent", func(k known) bool { return k.Purchases[0].State == "submitted" }); err != nil {
			return err
		}
		if as == "ordered" {
			continue
		}
		if err := s.work(at+"/reject", map[string]any{"words": "The churn is broken until March."}); err != nil {
			return err
		}
	}
	return nil
}

// parcels are on their way: a part of an order, one that is out for delivery, and one that has come and
// will go back.
func (s *scene) parcels() error {
	bowl, jug := string(s.pottery.Variant), string(s.glass.Variant)
	part, err := s.place("part", "Paula Partly", "bank", wish{bowl, 2}, wish{jug, 1})
	if err != nil {
		return err
	}
	out, err := s.place("out", "Oskar Out", "bank", wish{bowl, 1})
	if err != nil {
		return err
	}
	back, err := s.place("back", "Bella Back", "bank", wish{bowl, 3})
	if err != nil {
		return err
	}
	for _, one := range []struct {
		order     sold
		purchases int
		fate      shared.Step
	}{{part, 2, shared.StepDeparted}, {out, 1, shared.StepOut}, {back, 1, shared.StepDelivered}} {
		k, err := s.until(one.order, "purchases", many(one.purchases))
		if err != nil {
			return err
		}
		for i, purchase := range k.Purchases {
			if err := s.accepted(purchase.ID, fmt.Sprintf("HH-%d%d", s.asked, i)); err != nil {
				return err
			}
		}
		if err := s.posts(k.Purchases[0].ID, one.fate); err != nil {
			return err
		}
	}
	return nil
}

// refusals are suppliers that do not take an order: its address, and its article.
func (s *scene) refusals() error {
	bib, err := s.variant("silicone-bib") // nobody else has it
	if err != nil {
		return err
	}
	s.town.World.Ali.Reject("B_DROPSHIPPER_DELIVERY_ADDRESS_VALIDATE_FAIL", "the street is not known")
	o, err := s.place("address", "Adele Adresse", "stripe", wish{bib, 2})
	if err != nil {
		return err
	}
	if _, err := s.until(o, "an address that is refused", needs("address-refused")); err != nil {
		return err
	}
	glasses, err := s.variant("field-binoculars")
	if err != nil {
		return err
	}
	s.town.World.CJ.Reject(1603102, "Product is off the shelves")
	if o, err = s.place("unplaced", "Norbert Nobody", "stripe", wish{glasses, 1}); err != nil {
		return err
	}
	if _, err = s.until(o, "a purchase that nobody takes", needs("unplaced")); err != nil {
		return err
	}
	carrier, err := s.variant("pet-carrier") // of which there is another
	if err != nil {
		return err
	}
	s.town.World.CJ.Reject(1603102, "Product is off the shelves")
	if o, err = s.place("choice", "Conrad Choice", "stripe", wish{carrier, 1}); err != nil {
		return err
	}
	_, err = s.until(o, "a purchase that nobody takes either", needs("unplaced"))
	return err
}

// dearer is an article whose cost jumps between the sale and the payment.
func (s *scene) dearer(tab *browser.Tab) {
	s.must(stage.Set(s.ctx, s.database, map[string]string{"feed.cost_percent": "10000"}))
	pouf, err := s.variant("floor-pouf")
	s.must(err)
	o, err := s.buys("Gundula Guard", "bank", wish{pouf, 1})
	s.must(err)
	s.orders["margin"] = o
	s.town.World.CJ.SetCost("1446815353973913343", 90_00)
	s.town.World.HooksDone()
	tab.Go(s.town.Base + o.desk())
	tab.SeesOnReload("main >> 90.00")
	s.must(s.work("/orders/"+o.ID+"/confirm-payment", nil))
	_, err = s.until(o, "a margin that is held", needs("held-margin", "unplaced"))
	s.must(err)
}

// must ends the step that is under way where something went wrong.
func (s *scene) must(err error) {
	if err != nil {
		s.camera.Fatalf("%v", err)
	}
}

// asksCustomer asks the customer what is to become of what nobody sends.
func (s *scene) asksCustomer(tab *browser.Tab) {
	tab.Go(s.town.Base + s.orders["choice"].desk())
	tab.SeesOnReload("details[id^='unplaced-'] > summary")
	tab.Click("details[id^='unplaced-'] > summary")
	tab.Follow("form[action$='/ask-customer'] button")
}

// breaks is a customer who would like a replacement.
func (s *scene) breaks(tab *browser.Tab) {
	photo, err := stage.Photo(s.camera.dir, "spout.jpg")
	s.must(err)
	s.arrives(tab, "broken")
	stage.FillClaim(tab, "damaged", "1", "replacement", "The spout has come off.", photo)
	s.claim = tab.At()
}

// sendsBack is a customer who sends goods back, and says by which parcel.
func (s *scene) sendsBack(tab *browser.Tab) {
	s.arrives(tab, "back")
	stage.FillClaim(tab, "no-longer-wanted", "2", "money", "They do not fit on the shelf.")
	s.back = tab.At()
	tab.Type("input[name=number]", s.parcel(shared.StepDeparted))
	tab.Follow("form[action*='/sent'] .btn")
	tab.SeesOnReload("main >> Export hub")
}

// arrives waits until an order has come.
func (s *scene) arrives(tab *browser.Tab, as string) {
	_, err := s.until(s.orders[as], "its parcel", func(k known) bool {
		return slices.ContainsFunc(k.Shipments, func(one struct{ ID, State string }) bool { return one.State == "delivered" })
	})
	s.must(err)
	tab.Go(s.town.Base + s.orders[as].page("/claims/new"))
}

// breakdown is what goes wrong outside of any order: the bank takes money back, a supplier's list
// is not to be believed, and another supplier does not answer any more.
func (s *scene) breakdown() error {
	if err := stage.Set(s.ctx, s.database, map[string]string{"feed.cost_percent": "100"}); err != nil {
		return err
	}
	catalogue, err := demo.Catalogue(true)
	if err != nil {
		return err
	}
	for _, product := range catalogue.Products {
		if product.Handle != "weekender-bag" { // nobody else has it
			continue
		}
		for _, v := range product.Variants {
			s.town.World.CJUS.SetCost(v.Offers[0].SKU, 9*v.Offers[0].Cost)
		}
	}
	if _, err := s.town.World.Stripe.Dispute(s.orders["chargeback"].Payment, 57_90); err != nil {
		return err
	}
	if _, err := s.until(s.orders["chargeback"], "the bank's demand", needs("chargeback")); err != nil {
		return err
	}
	s.town.World.CJ.Knobs.Chaos(1, 100, shared.FailBefore)
	lamp, err := s.variant("reading-floor-lamp")
	if err != nil {
		return err
	}
	for i := range 4 {
		if _, err := s.place(fmt.Sprintf("down%d", i), "Dora Down", "stripe", wish{lamp, 1}); err != nil {
			return err
		}
	}
	return nil
}
