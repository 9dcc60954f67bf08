package seal

import (
	"crypto/rand"
	"encoding/base64"
	"encoding/hex"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
)

// Source says where the key is. The first that is given counts.
type Source struct {
	Key      string // the key itself, hex or base64: DOORSTEP_KEY; former ones may follow, with spaces between
	File     string // a file with such a text, a key on each line; made when it is not there
	Database string // path of the SQLite file: the key is beside it in <file>.key
}

// ErrNoKey answers a Source that names nothing, as on PostgreSQL without a key.
var ErrNoKey = errors.New("key: none is given; set DOORSTEP_KEY to 32 random bytes in hex or base64 " +
	"(openssl rand -hex 32), the same on every node, or name a key file")

// Load opens the box of a source. A key file is made readable by its owner only; it must be
// kept with the backups: without it the secrets in the database are lost.
func Load(s Source) (*Box, error) {
	if strings.TrimSpace(s.Key) != "" {
		box, err := boxOf(s.Key)
		if err != nil {
			return nil, fmt.Errorf("DOORSTEP_KEY: %w", err)
		}
		return box, nil
	}
	path := s.File
	if path == "" && s.Database != "" {
		path = s.Database + ".key"
	}
	if path == "" {
		return nil, ErrNoKey
	}
	keys, err := fromFile(path)
	if err != nil {
		return nil, fmt.Errorf("key file %s: %w", path, err)
	}
	box, err := boxOf(keys)
	if err != nil {
		return nil, fmt.Errorf("key file %s: %w", path, err)
	}
	return box, nil
}

// boxOf is the box of a list of keys: the first seals and signs, all open and verify.
func boxOf(list string) (box *Box, err error) {
	var former []*Box
	for _, word := range strings.Fields(list) {
		key, err := Parse(word)
		if err != nil {
			return nil, err
		}
		next, err := New(key)
		if err != nil {
			return nil, err
		}
		if box == nil {
			box = next
			continue
		}
		former = append(former, next)
	}
	if box == nil {
		return nil, fmt.Errorf("there is no key in it: it must be %d bytes in hex or base64", KeySize)
	}
	return box.Before(former...), nil
}

// Succeed writes a new key file for a source: a new key, and after it those that were in use,
// which go on opening what they sealed. The file must not be there yet.
func Succeed(s Source, path string) error {
	list := s.Key
	if strings.TrimSpace(list) == "" {
		from := s.File
		if from == "" {
			from = s.Database + ".key"
		}
		body, err := os.ReadFile(from)
		if err != nil {
			return fmt.Errorf("the key that is in use: %w", err)
		}
		list = string(body)
	}
	if _, err := boxOf(list); err != nil {
		return fmt.Errorf("the key that is in use: %w", err)
	}
	key := make([]byte, KeySize)
	_, _ = rand.Read(key)
	out, err := os.OpenFile(path, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o600)
	if err != nil {
		return err
	}
	_, err = fmt.Fprintf(out, "%s\n%s\n", hex.EncodeToString(key), strings.Join(strings.Fields(list), "\n"))
	return errors.Join(err, out.Sync(), out.Close())
}

// Parse reads a key as text: 64 hexadecimal digits, or base64 of 32 bytes in any of its
// spellings. Its errors do not repeat the text.
func Parse(given string) ([]byte, error) {
	given = strings.TrimSpace(given)
	if key, err := hex.DecodeString(given); err == nil && len(key) == KeySize {
		return key, nil
	}
	plain := strings.NewReplacer("+", "-", "/", "_", "=", "").Replace(given)
	if key, err := base64.RawURLEncoding.DecodeString(plain); err == nil && len(key) == KeySize {
		return key, nil
	}
	return nil, fmt.Errorf("the text is no key: it must be %d bytes in hex or base64", KeySize)
}

// fromFile reads the keys of a file, which is made when it is not there. Two processes that
// start at once end up with the same key: the file appears whole, under its name, once.
func fromFile(path string) (string, error) {
	body, err := os.ReadFile(path)
	if errors.Is(err, os.ErrNotExist) {
		if err := create(path); err != nil {
			return "", err
		}
		body, err = os.ReadFile(path)
	}
	return string(body), err
}

// create writes a new key under another name and links it into place; it is no error when
// somebody else was quicker.
func create(path string) error {
	key := make([]byte, KeySize)
	_, _ = rand.Read(key)
	temp, err := os.CreateTemp(filepath.Dir(path), ".key-*") // 0600 by itself
	if err != nil {
		return err
	}
	defer func() { _ = os.Remove(temp.Name()) }()
	if _, err := temp.WriteString(hex.EncodeToString(key) + "\n"); err != nil {
		return errors.Join(err, temp.Close())
	}
	if err := errors.Join(temp.Sync(), temp.Close()); err != nil {
		return err
	}
	if err := os.Link(temp.Name(), path); err != nil && !errors.Is(err, os.ErrExist) {
		return err
	}
	return nil
}
