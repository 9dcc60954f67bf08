package db

import "testing"

func TestOlder(t *testing.T) {
	t.Parallel()
	for _, v := range []string{"3.51.2", "3.50.9", "2.99.99", "3.9.0", "rubbish"} {
		if !older(v, oldestSQLite) {
			t.Errorf("%s passes", v)
		}
	}
	for _, v := range []string{"3.51.3", "3.52.0", "3.53.1", "4.0.0"} {
		if older(v, oldestSQLite) {
			t.Errorf("%s is refused", v)
		}
	}
}

func TestPlain(t *testing.T) {
	t.Parallel()
	for in, want := range map[string]string{
		"SELECT 1 FROM a FOR UPDATE":                                       "SELECT 1 FROM a",
		"SELECT 1 FROM a ORDER BY b for update skip locked":                "SELECT 1 FROM a ORDER BY b",
		"(SELECT 1 FROM a\n\tFOR NO KEY UPDATE OF a, b NOWAIT) x":          "(SELECT 1 FROM a) x",
		"SELECT 1 FROM a FOR SHARE":                                        "SELECT 1 FROM a",
		"INSERT INTO a (b) VALUES (1) ON CONFLICT (b) DO UPDATE SET c = 1": "INSERT INTO a (b) VALUES (1) ON CONFLICT (b) DO UPDATE SET c = 1",
		"SELECT 1 FROM a ORDER BY b LIMIT $2 FOR UPDATE SKIP LOCKED":       "SELECT 1 FROM a ORDER BY b LIMIT CAST($2 AS INTEGER)",
		"SELECT 1 FROM a LIMIT 5":                                          "SELECT 1 FROM a LIMIT 5",
		"UPDATE a SET for_update = 1":                                      "UPDATE a SET for_update = 1",
	} {
		if have := plain(in); have != want {
			t.Errorf("%q becomes %q", in, have)
		}
	}
}
