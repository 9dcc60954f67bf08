package seal_test

import (
	"bytes"
	"encoding/base64"
	"encoding/hex"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"doorstep/internal/seal"
)

func box(t testing.TB, fill byte) *seal.Box {
	t.Helper()
	b, err := seal.New(bytes.Repeat([]byte{fill}, seal.KeySize))
	if err != nil {
		t.Fatal(err)
	}
	return b
}

func TestSealedTextOpensOnlyInItsPlace(t *testing.T) {
	t.Parallel()
	b := box(t, 1)
	rapid.Check(t, func(r *rapid.T) {
		plain := rapid.SliceOf(rapid.Byte()).Draw(r, "plain")
		place := rapid.SliceOfN(rapid.String(), 1, 3).Draw(r, "place")
		sealed := b.Seal(plain, place...)
		got, err := b.Open(sealed, place...)
		if err != nil || !bytes.Equal(got, plain) {
			t.Fatalf("opened %q, %v", got, err)
		}
		if _, err := b.Open(sealed, append(place, "")...); !errors.Is(err, seal.ErrBroken) {
			t.Fatalf("opened elsewhere: %v", err)
		}
		if _, err := box(t, 2).Open(sealed, place...); !errors.Is(err, seal.ErrBroken) {
			t.Fatalf("opened with another key: %v", err)
		}
		cut := sealed[:len(sealed)-1]
		if _, err := b.Open(cut, place...); !errors.Is(err, seal.ErrBroken) {
			t.Fatalf("opened when cut: %v", err)
		}
	})
	if !seal.IsSealed(b.Seal(nil)) || seal.IsSealed("smtp://u:p@host") {
		t.Error("sealed and plain texts are not told apart")
	}
	for _, junk := range []string{"", "x", "sealed:1:", "sealed:1:!!", "sealed:2:AAAA"} {
		if _, err := b.Open(junk); !errors.Is(err, seal.ErrBroken) {
			t.Errorf("%q: %v", junk, err)
		}
	}
}

func TestSignatureHoldsForItsPurposeOnly(t *testing.T) {
	t.Parallel()
	b := box(t, 1)
	s := b.Sign("order", "st_1", "or_1")
	if len(s) != 43 || !b.Verify(s, "order", "st_1", "or_1") {
		t.Errorf("signature %q", s)
	}
	for _, other := range [][]string{{"portal", "st_1", "or_1"}, {"order", "st_1o", "r_1"}, {"order", "st_1"}, {"order", "st_1", "or_1", ""}} {
		if b.Verify(s, other[0], other[1:]...) {
			t.Errorf("holds for %q too", other)
		}
	}
	if b.Verify("", "order") || box(t, 2).Verify(s, "order", "st_1", "or_1") {
		t.Error("an empty or a strange signature holds")
	}
}

func TestKeyIsReadOrMadeOnce(t *testing.T) {
	t.Parallel()
	database := filepath.Join(t.TempDir(), "shop.db")
	first, err := seal.Load(seal.Source{Database: database})
	if err != nil {
		t.Fatal(err)
	}
	again, err := seal.Load(seal.Source{Database: database})
	if err != nil {
		t.Fatal(err)
	}
	if got, err := again.Open(first.Seal([]byte("x"), "a"), "a"); err != nil || string(got) != "x" {
		t.Errorf("the key changed: %v", err)
	}
	info, err := os.Stat(database + ".key")
	if err != nil || info.Mode().Perm() != 0o600 {
		t.Errorf("key file: %v %v", info.Mode(), err)
	}
	if left, _ := filepath.Glob(filepath.Join(filepath.Dir(database), ".key-*")); len(left) > 0 {
		t.Errorf("left behind: %v", left)
	}
	if _, err := seal.Load(seal.Source{}); !errors.Is(err, seal.ErrNoKey) {
		t.Errorf("no source: %v", err)
	}
}

func TestKeyTexts(t *testing.T) {
	t.Parallel()
	key := bytes.Repeat([]byte{0xfb}, seal.KeySize)
	for _, good := range []string{
		hex.EncodeToString(key), strings.ToUpper(hex.EncodeToString(key)) + "\n",
		base64.StdEncoding.EncodeToString(key), base64.RawStdEncoding.EncodeToString(key),
		base64.URLEncoding.EncodeToString(key), base64.RawURLEncoding.EncodeToString(key),
	} {
		if got, err := seal.Parse(good); err != nil || !bytes.Equal(got, key) {
			t.Errorf("%q: %v", good, err)
		}
	}
	for _, bad := range []string{"", "hunter2", hex.EncodeToString(key[:31])} {
		if _, err := seal.Load(seal.Source{Key: bad + " "}); err == nil || bad != "" && strings.Contains(err.Error(), bad) {
			t.Errorf("%q: %v", bad, err)
		}
	}
}

// A new key takes over while what the old one sealed and signed still opens.
func TestAFormerKeyStillOpens(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	first, second := filepath.Join(dir, "first.key"), filepath.Join(dir, "second.key")
	old, err := seal.Load(seal.Source{File: first})
	if err != nil {
		t.Fatal(err)
	}
	if err := seal.Succeed(seal.Source{File: first}, second); err != nil {
		t.Fatal(err)
	}
	if err := seal.Succeed(seal.Source{File: first}, second); !errors.Is(err, os.ErrExist) {
		t.Errorf("a key file was overwritten: %v", err)
	}
	both, err := seal.Load(seal.Source{File: second})
	if err != nil {
		t.Fatal(err)
	}
	text, err := both.Open(old.Seal([]byte("x"), "a"), "a")
	if err != nil || string(text) != "x" || !both.Verify(old.Sign("order", "1"), "order", "1") || len(both.Signatures("order", "1")) != 2 {
		t.Errorf("the former key is forgotten: %v", err)
	}
	if _, err := old.Open(both.Seal([]byte("x"), "a"), "a"); !errors.Is(err, seal.ErrBroken) || old.Verify(both.Sign("order", "1"), "order", "1") {
		t.Error("the former key is still in use")
	}
	body, err := os.ReadFile(second)
	if err != nil {
		t.Fatal(err)
	}
	if env, err := seal.Load(seal.Source{Key: string(body)}); err != nil || !env.Verify(old.Sign("o"), "o") {
		t.Errorf("the same list by the environment: %v", err)
	}
	for _, bad := range []string{"", " \n", strings.TrimSpace(string(body)) + "\nnonsense"} {
		file := filepath.Join(dir, "bad.key")
		if err := os.WriteFile(file, []byte(bad), 0o600); err != nil {
			t.Fatal(err)
		}
		if _, err := seal.Load(seal.Source{File: file}); err == nil || strings.Contains(err.Error(), "nonsense") {
			t.Errorf("%q: %v", bad, err)
		}
	}
}
