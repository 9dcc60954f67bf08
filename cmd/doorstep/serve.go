package main

import (
	"errors"
	"fmt"
	"log/slog"
	"net"

	"doorstep"
	"doorstep/internal/trace"
)

type serveCmd struct {
	Listen       string   `default:"127.0.0.1:8080" placeholder:"HOST:PORT" help:"Where to listen; port 0 takes a free one."`
	AllowPrivate bool     `help:"Let connectors reach private and loopback addresses: emulators, or a supplier in the same house."`
	Workers      int      `default:"16" help:"How many jobs are worked at once."`
	Gallery      bool     `help:"Show every component of the pages at /dev/gallery: for those who work on them."`
	PerAddress   int      `default:"1200" help:"How many requests a minute one address may make; 0: any number."`
	MetricsToken string   `placeholder:"TOKEN" help:"Who sends it as Bearer may read /metrics; without one only programs of this machine may."`
	Traces       string   `placeholder:"URL" help:"Tell a collector of OpenTelemetry about requests, jobs and calls: OTLP over HTTP, such as http://localhost:4318. None: nothing is traced."`
	TracesShare  int      `default:"100" placeholder:"PERCENT" help:"How many of a hundred traces are told: 1 to 100."`
	Trusted      []string `name:"trusted-proxies" placeholder:"ADDRESS" help:"Addresses or ranges of the proxies before it, whose X-Forwarded-For is believed: who visits counts for limits and sign-ins."`
	PerKey       int      `default:"3000" help:"How many requests a minute one API key may make; 0: any number."`
}

// Run serves until it is told to stop.
func (c *serveCmd) Run(e *env) error {
	clientIP, err := visitors(c.Trusted)
	if err != nil {
		return err
	}
	if c.TracesShare < 1 {
		return fmt.Errorf("traces-share: %d of a hundred is not possible: give 1 to 100, or no --traces", c.TracesShare)
	}
	p, err := e.program(func(config *doorstep.Config) {
		config.API.ClientIP = clientIP
		config.AllowPrivate = c.AllowPrivate
		config.Log = e.Logger(e.errOut, slog.LevelInfo)
		config.Work.Parallel = c.Workers
		config.Gallery = c.Gallery
		config.MetricsToken = c.MetricsToken
		config.Traces = trace.Options{URL: c.Traces, Percent: c.TracesShare, Version: version()}
		config.API.PerAddress, config.API.PerKey = limit(c.PerAddress), limit(c.PerKey)
	})
	if err != nil {
		return err
	}
	return errors.Join(c.serve(e, p), p.Close())
}

func (c *serveCmd) serve(e *env, p *doorstep.Program) error {
	listener, err := (&net.ListenConfig{}).Listen(e.ctx, "tcp", c.Listen)
	if err != nil {
		return fmt.Errorf("%w: choose another address with --listen", err)
	}
	fmt.Fprintf(e.out, "listening on http://%s\n", listener.Addr())
	link, err := p.WelcomeLink(e.ctx, "http://"+reachable(listener.Addr()))
	if err != nil {
		return errors.Join(err, listener.Close())
	}
	if link != "" {
		fmt.Fprintf(e.out, "Nobody owns this shop yet. Make yourself its owner at\n  %s\n", link)
		p.Log.Warn("Nobody owns this shop yet: whoever has this link becomes its owner", "link", link)
	}
	return p.Serve(e.ctx, listener)
}

// limit is a limit as the API takes it, where 0 is its own standard.
func limit(perMinute int) int {
	if perMinute <= 0 {
		return -1
	}
	return perMinute
}

// reachable is an address as a browser on this machine can ask for it: all addresses are none.
func reachable(a net.Addr) string {
	if tcp, ok := a.(*net.TCPAddr); ok && tcp.IP.IsUnspecified() {
		return fmt.Sprintf("localhost:%d", tcp.Port)
	}
	return a.String()
}
