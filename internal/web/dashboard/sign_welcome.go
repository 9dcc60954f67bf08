package dashboard

import (
	"context"
	"net"
	"net/http"
	"strings"
	"time"

	"doorstep/internal/account"
	"doorstep/internal/db"
	"doorstep/internal/flow"
	"doorstep/internal/seal"
)

// welcomeForm is the first page of all: a store's name and its first account.
type welcomeForm struct {
	Store, Name, Email, Zone string
	Token                    string // shows that whoever asks reads this machine's console
	Field, Error             string // what is wrong, and where
}

// settled says whether the store has its first account; then the welcome is over.
func (d *Dashboard) settled(v *visit) (is bool, err error) {
	err = d.db.View(v.r.Context(), func(ctx context.Context, tx *db.Tx) error {
		all, err := account.AllStaff(ctx, tx, v.store)
		is = len(all) > 0
		return err
	})
	return is, err
}

func (d *Dashboard) welcomePage(v *visit) error {
	if is, err := d.settled(v); err != nil || is {
		if err != nil {
			return err
		}
		return v.lead(Prefix)
	}
	token := v.query("token")
	open, err := d.mayBegin(v, token)
	if err != nil {
		return err
	}
	if !open {
		return d.askToken(v, token)
	}
	name := v.settings.Brand.Name
	if name == "My store" {
		name = ""
	}
	return d.show(v, frame{Title: "Welcome", Bare: true}, welcomeView(v, welcomeForm{Store: name, Token: token}))
}

// mayBegin says whether whoever asks may become the first owner: who sits at this machine, and
// who has the token that the program prints while nobody owns the store. On a public address
// anybody could be first otherwise.
func (d *Dashboard) mayBegin(v *visit, token string) (open bool, err error) {
	if v.atThisMachine() {
		return true, nil
	}
	if token == "" {
		return false, nil
	}
	wait, err := d.waits(v, func(ctx context.Context, tx *db.Tx) (time.Duration, error) {
		return account.TryDoor(ctx, tx, v.store, "welcome", d.clientIP(v.r))
	})
	if err != nil || wait > 0 {
		return false, err
	}
	err = d.db.View(v.r.Context(), func(_ context.Context, tx *db.Tx) error {
		box := seal.Of(tx)
		open = box != nil && flow.WelcomeTokenOpens(box, token, v.store)
		return nil
	})
	return open, err
}

// atThisMachine says whether a request comes from a browser on this machine, and not through
// a proxy that runs on it: that would make all the world look near. A proxy gives itself away
// by its headers, by the name that it was called by, or by the old HTTP that it speaks.
func (v *visit) atThisMachine() bool {
	for name := range v.r.Header {
		if name == "Forwarded" || name == "Via" || name == "X-Real-Ip" || strings.HasPrefix(name, "X-Forwarded-") || strings.HasPrefix(name, "Cf-") ||
			strings.HasSuffix(name, "-Client-Ip") || strings.HasSuffix(name, "-Connecting-Ip") {
			return false
		}
	}
	public := hostOf(v.settings.PublicURL)
	return v.r.ProtoAtLeast(1, 1) && loopback(peer(v.r)) && loopback(hostName(v.r.Host)) && (public == "" || loopback(hostName(public)))
}

func loopback(host string) bool {
	ip := net.ParseIP(strings.Trim(host, "[]"))
	return host == "localhost" || ip != nil && ip.IsLoopback()
}

// hostName is a host without its port.
func hostName(host string) string {
	if name, _, err := net.SplitHostPort(host); err == nil {
		return name
	}
	return host
}

// askToken asks for the token; a wrong one is told apart from none.
func (d *Dashboard) askToken(v *visit, token string) error {
	f, status := welcomeForm{}, http.StatusOK
	if token != "" {
		f.Error, status = "This is not the token of this shop, or there were too many tries.", http.StatusForbidden
	}
	return d.show(v, frame{Title: "Welcome", Bare: true, Status: status}, tokenView(v, f))
}

func (d *Dashboard) welcome(v *visit) error {
	if is, err := d.settled(v); err != nil || is {
		if err != nil {
			return err
		}
		return v.lead(Prefix + "/sign-in")
	}
	f := welcomeForm{Store: v.form("store"), Name: v.form("name"), Email: v.form("email"), Zone: v.form("zone"), Token: v.form("token")}
	open, err := d.mayBegin(v, f.Token)
	if err != nil {
		return err
	}
	if !open {
		return d.askToken(v, f.Token)
	}
	hash, err := d.password.Hash(v.r.PostFormValue("password"))
	var who account.Staff
	if err == nil {
		err = d.db.Update(v.r.Context(), func(ctx context.Context, tx *db.Tx) (err error) {
			if who, err = flow.FirstOwner(ctx, tx, v.store, f.Email, f.Name, hash); err != nil {
				return err
			}
			return flow.ChangeSettings(ctx, tx, v.store, f.settings(v), flow.Actor(who.Principal().Actor()))
		})
	}
	if err != nil {
		if f.Field, f.Error = fieldOf(err); f.Error == "" {
			return err
		}
		return d.show(v, frame{Title: "Welcome", Bare: true, Status: http.StatusUnprocessableEntity}, welcomeView(v, f))
	}
	if err := d.let(v, who); err != nil {
		return err
	}
	return v.lead(Prefix + "/start")
}

// settings are what the first page knows besides the account. A time zone that this machine
// does not know is left out.
func (f welcomeForm) settings(v *visit) map[string]string {
	all := map[string]string{"brand.name": f.Store}
	if _, err := time.LoadLocation(f.Zone); err == nil && f.Zone != "" && f.Zone != "Local" {
		all["timezone"] = f.Zone
	}
	if v.settings.Brand.Email == "" {
		all["brand.email"] = strings.ToLower(f.Email)
	}
	return all
}
