package connector_test

import (
	"maps"
	"strings"
	"testing"
	"time"

	"doorstep/connector"
)

func settings() []connector.Setting {
	return []connector.Setting{
		{Key: "base_url", Type: connector.URL, Default: "https://api.example/v1"},
		{Key: "token", Type: connector.Text, Secret: true, Required: true, Help: "in your account"},
		{Key: "mail", Type: connector.Email},
		{Key: "qps", Type: connector.Integer, Default: "2"},
		{Key: "sandbox", Type: connector.Boolean},
		{Key: "patience", Type: connector.Duration},
		{Key: "mode", Type: connector.Choice, Options: []string{"fast", "cheap"}},
		{Key: "pin", Type: connector.Integer, Secret: true},
	}
}

func TestCheckFillsInDefaults(t *testing.T) {
	t.Parallel()
	given := connector.Values{"token": " t0ken ", "patience": "90s", "sandbox": "true", "mode": "cheap", "mail": "a@b.example"}
	got, err := connector.Check(settings(), given)
	if err != nil {
		t.Fatal(err)
	}
	want := connector.Values{"base_url": "https://api.example/v1", "token": "t0ken", "mail": "a@b.example", "qps": "2", "sandbox": "true",
		"patience": "90s", "mode": "cheap", "pin": ""}
	if !maps.Equal(got, want) || given["token"] != " t0ken " {
		t.Errorf("%v", got)
	}
	if !got.Bool("sandbox") || got.Bool("mode") || got.Int("qps") != 2 || got.Int("pin") != 0 || got.Duration("patience") != 90*time.Second || got.Duration("mode") != 0 {
		t.Errorf("typed: %v %d %v", got.Bool("sandbox"), got.Int("qps"), got.Duration("patience"))
	}
}

func TestCheckNamesWhatIsWrongAndNoSecret(t *testing.T) {
	t.Parallel()
	_, err := connector.Check(settings(), connector.Values{"base_url": "ftp://x", "mail": "nobody", "qps": "2.5", "sandbox": "yes", "patience": "soon",
		"mode": "slow", "pin": "hunter2", "tokken": "x"})
	if err == nil {
		t.Fatal("all of it was taken")
	}
	for _, want := range []string{`base_url: "ftp://x" is no http(s) address`, "token: is needed: in your account", `mail: "nobody" is no mail address`,
		`qps: "2.5" is no whole number`, `sandbox: "yes" is neither`, `patience: "soon" is no duration`, `mode: "slow" is none of fast, cheap`,
		"pin: the given value is no whole number", "tokken: there is no such setting"} {
		if !strings.Contains(err.Error(), want) {
			t.Errorf("no %q in %v", want, err)
		}
	}
	if strings.Contains(err.Error(), "hunter2") {
		t.Errorf("a secret is repeated: %v", err)
	}
}
