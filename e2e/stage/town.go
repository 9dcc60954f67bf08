package stage

import (
	"context"
	"crypto/rand"
	"encoding/hex"
	"errors"
	"fmt"
	"net"
	"strings"

	"doorstep"
	"doorstep/internal/account"
	"doorstep/internal/db"
	"doorstep/internal/demo"
	"doorstep/internal/sample"
	"doorstep/internal/seal"
	"doorstep/internal/store"
	"doorstep/money"
)

// Town is a furnished shop in a process of its own, and everybody around it in this one.
type Town struct {
	*Process
	World *demo.World
	Crowd *demo.Crowd // who shop by themselves, and who pack in the workshop
	Key   string      // of the staff, for the API

	stop context.CancelFunc
	work chan struct{} // closed when the staff has gone home
}

// TownOptions say how a town is to be. The zero value is the sample shop on SQLite in dir.
type TownOptions struct {
	Binary   string
	Database string // a path or a URL, empty inside
	Speed    int64  // how much faster than life the world goes
	Settings map[string]string
	// Staff are who may sign in: mail address to role. All have Password.
	Staff map[string]account.Role
	// Idle leaves the workshop and the bank to the test: nobody packs or confirms.
	Idle bool
	// Gallery has the shop show all of its pages at once, too.
	Gallery bool
	// Before runs on the furnished shop before it opens.
	Before func(ctx context.Context, p *doorstep.Program) error
}

// Password is everybody's on a stage.
const Password = "correct horse battery"

// Open furnishes a shop, starts the world around it and opens it.
func Open(ctx context.Context, o TownOptions) (*Town, error) {
	listen, err := freePort(ctx)
	if err != nil {
		return nil, err
	}
	catalogue, err := demo.Catalogue(true)
	if err != nil {
		return nil, err
	}
	base := "http://" + listen
	ctx, stop := context.WithCancel(ctx)
	t := &Town{stop: stop, work: make(chan struct{})}
	if t.World, err = demo.StartWorld(ctx, base, o.Speed, catalogue); err != nil {
		stop()
		return nil, err
	}
	var key [seal.KeySize]byte
	_, _ = rand.Read(key[:]) // never an error
	sealed := hex.EncodeToString(key[:])
	if t.Key, err = furnish(ctx, o, t.World, catalogue, base, sealed); err == nil {
		args := []string{"--key", sealed}
		if o.Gallery {
			args = append(args, "--gallery")
		}
		t.Process, err = Serve(ctx, o.Binary, o.Database, listen, args...)
	}
	if err != nil {
		t.World.Close()
		stop()
		return nil, err
	}
	t.Crowd = demo.NewCrowd(base, t.Key, t.World, 1, func(string, ...any) {})
	go func() {
		defer close(t.work)
		if !o.Idle {
			t.Crowd.Work(ctx)
		}
	}()
	return t, nil
}

// Close ends the shop first, then the world.
func (t *Town) Close() {
	t.Stop()
	t.stop()
	<-t.work
	t.World.Close()
}

// Inbox is where all mails can be read.
func (t *Town) Inbox() string { return t.World.Inbox() }

func furnish(ctx context.Context, o TownOptions, w *demo.World, c sample.Catalogue, base, key string) (token string, err error) {
	p, err := doorstep.New(ctx, doorstep.Config{Database: o.Database, Key: seal.Source{Key: key}, Drivers: demo.Drivers(),
		StoreName: sample.ShopName, Currency: money.Currency(sample.Currency), AllowPrivate: true})
	if err != nil {
		return "", err
	}
	defer func() { err = errors.Join(err, p.Close()) }()
	settings := w.Settings(base, true)
	for key, value := range o.Settings {
		settings[key] = value
	}
	if token, err = demo.Furnish(ctx, p, w, c, settings); err != nil {
		return "", err
	}
	for email, role := range o.Staff {
		if err := hire(ctx, p, email, role); err != nil {
			return "", err
		}
	}
	if o.Before != nil {
		return token, o.Before(ctx, p)
	}
	return token, nil
}

// hire adds a member of staff with the usual password.
func hire(ctx context.Context, p *doorstep.Program, email string, role account.Role) error {
	hash, err := account.HashPassword(Password)
	if err != nil {
		return err
	}
	name, _, _ := strings.Cut(email, "@")
	return p.DB.Update(ctx, func(ctx context.Context, tx *db.Tx) error {
		_, err := account.AddStaff(ctx, tx, p.Store.StoreID, email, strings.ToUpper(name[:1])+name[1:], role, hash)
		return err
	})
}

// Set changes settings of the shop, from another process, as `doorstep set` does.
func Set(ctx context.Context, database string, values map[string]string) error {
	d, err := doorstep.Open(ctx, database, db.Options{})
	if err != nil {
		return err
	}
	err = d.Update(ctx, func(ctx context.Context, tx *db.Tx) error {
		s, err := store.First(ctx, tx)
		if err != nil {
			return err
		}
		for key, value := range values {
			if err := store.Set(ctx, tx, s.StoreID, key, value); err != nil {
				return err
			}
		}
		return nil
	})
	return errors.Join(err, d.Close())
}

// freePort is an address nobody listens at now.
func freePort(ctx context.Context) (string, error) {
	listener, err := (&net.ListenConfig{}).Listen(ctx, "tcp", "127.0.0.1:0")
	if err != nil {
		return "", fmt.Errorf("a free port: %w", err)
	}
	return listener.Addr().String(), listener.Close()
}
