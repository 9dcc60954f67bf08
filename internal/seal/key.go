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
	Key      string // the key itself, hex or base64: DOORSTEP_KEY
	File     string // a file with such a text; made when it is not there
	Database string // path of the SQLite file: the key is beside it in <file>.key
}

// ErrNoKey answers a Source that names nothing, as on PostgreSQL without a key.
var ErrNoKey = errors.New("key: none is given; set DOORSTEP_KEY to 32 random bytes in hex or base64 " +
	"(openssl rand -hex 32), the same on every node, or name a key file")

// Load opens the box of a source. A key file is made readable by its owner only; it must be
// kept with the backups: without it the secrets in the database are lost.
func Load(s Source) (*Box, error) {
	if strings.TrimSpace(s.Key) != "" {
		key, err := Parse(s.Key)
		if err != nil {
			return nil, fmt.Errorf("DOORSTEP_KEY: %w", err)
		}
		return New(key)
	}
	path := s.File
	if path == "" && s.Database != "" {
		path = s.Database + ".key"
	}
	if path == "" {
		return nil, ErrNoKey
	}
	key, err := fromFile(path)
	if err != nil {
		return nil, fmt.Errorf("key file %s: %w", path, err)
	}
	return New(key)
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

// fromFile reads the key of a file, which is made when it is not there. Two processes that
// start at once end up with the same key: the file appears whole, under its name, once.
func fromFile(path string) ([]byte, error) {
	body, err := os.ReadFile(path)
	if errors.Is(err, os.ErrNotExist) {
		if err := create(path); err != nil {
			return nil, err
		}
		body, err = os.ReadFile(path)
	}
	if err != nil {
		return nil, err
	}
	return Parse(string(body))
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
