package connector

import (
	"errors"
	"fmt"
	"maps"
	"net/mail"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"time"
)

func check(settings []Setting, given Values) (Values, error) {
	known := map[string]bool{}
	out := Values{}
	var problems []error
	for _, s := range settings {
		known[s.Key] = true
		value := strings.TrimSpace(given[s.Key])
		if value == "" {
			value = s.Default
		}
		if err := s.check(value); err != nil {
			problems = append(problems, err)
			continue
		}
		out[s.Key] = value
	}
	for _, key := range slices.Sorted(maps.Keys(given)) {
		if !known[key] {
			problems = append(problems, fmt.Errorf("%s: there is no such setting", key))
		}
	}
	return out, errors.Join(problems...)
}

// check says what is wrong with a value; it never repeats a secret.
func (s Setting) check(value string) error {
	if value == "" {
		if s.Required {
			return fmt.Errorf("%s: is needed: %s", s.Key, s.Help)
		}
		return nil
	}
	shown := strconv.Quote(value)
	if s.Secret {
		shown = "the given value"
	}
	switch s.Type {
	case URL:
		u, err := url.Parse(value)
		if err != nil || u.Host == "" || u.Scheme != "http" && u.Scheme != "https" {
			return fmt.Errorf("%s: %s is no http(s) address", s.Key, shown)
		}
	case Email:
		if _, err := mail.ParseAddress(value); err != nil {
			return fmt.Errorf("%s: %s is no mail address", s.Key, shown)
		}
	case Integer:
		if _, err := strconv.ParseInt(value, 10, 64); err != nil {
			return fmt.Errorf("%s: %s is no whole number", s.Key, shown)
		}
	case Boolean:
		if value != "true" && value != "false" {
			return fmt.Errorf("%s: %s is neither true nor false", s.Key, shown)
		}
	case Duration:
		if _, err := time.ParseDuration(value); err != nil {
			return fmt.Errorf("%s: %s is no duration such as 30s or 2h", s.Key, shown)
		}
	case Choice:
		if !slices.Contains(s.Options, value) {
			return fmt.Errorf("%s: %s is none of %s", s.Key, shown, strings.Join(s.Options, ", "))
		}
	case Text:
	}
	return nil
}

// Bool is a Boolean setting.
func (v Values) Bool(key string) bool { return v[key] == "true" }

// Int is an Integer setting; 0 when it is empty.
func (v Values) Int(key string) int64 {
	n, _ := strconv.ParseInt(v[key], 10, 64)
	return n
}

// Duration is a Duration setting; 0 when it is empty.
func (v Values) Duration(key string) time.Duration {
	d, _ := time.ParseDuration(v[key])
	return d
}
