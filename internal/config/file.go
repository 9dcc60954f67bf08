package config

import (
	"bufio"
	"fmt"
	"io"
	"strings"

	"github.com/alecthomas/kong"
)

// File reads a configuration file: one name=value a line, the name as the flag's without
// its dashes; empty lines and lines that begin with # are passed over. Its form is that of
// kong.ConfigurationLoader.
func File(r io.Reader) (kong.Resolver, error) {
	values := map[string]string{}
	in := bufio.NewScanner(r)
	for n := 1; in.Scan(); n++ {
		line := strings.TrimSpace(in.Text())
		if line == "" || strings.HasPrefix(line, "#") {
			continue
		}
		name, value, ok := strings.Cut(line, "=")
		if !ok {
			return nil, fmt.Errorf("line %d: %q: write it as name=value", n, line)
		}
		values[strings.TrimSpace(name)] = strings.TrimSpace(value)
	}
	if err := in.Err(); err != nil {
		return nil, err
	}
	return resolver(values), nil
}

// resolver gives flags their values from a file.
type resolver map[string]string

// Validate names what no flag is called.
func (r resolver) Validate(app *kong.Application) error {
	known := map[string]bool{}
	_ = kong.Visit(app, func(node kong.Visitable, next kong.Next) error {
		if f, ok := node.(*kong.Flag); ok {
			known[f.Name] = true
		}
		return next(nil)
	})
	for name := range r {
		if !known[name] {
			return fmt.Errorf("configuration file: %s: no command has such a flag", name)
		}
	}
	return nil
}

// Resolve is the value of a flag; nil when the file does not name it.
func (r resolver) Resolve(_ *kong.Context, _ *kong.Path, flag *kong.Flag) (any, error) {
	if value, ok := r[flag.Name]; ok {
		return value, nil
	}
	return nil, nil
}
