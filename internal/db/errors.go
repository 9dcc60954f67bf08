package db

import (
	"errors"
	"slices"
	"strings"

	"github.com/jackc/pgx/v5/pgconn"
	"modernc.org/sqlite"
	sqlite3 "modernc.org/sqlite/lib"
)

// IsUnique says whether err is a violation of a unique index or a primary key.
func IsUnique(err error) bool {
	return is(err, "23505", sqlite3.SQLITE_CONSTRAINT_UNIQUE, sqlite3.SQLITE_CONSTRAINT_PRIMARYKEY, sqlite3.SQLITE_CONSTRAINT_ROWID)
}

// IsCheck says whether err is a violation of a CHECK.
func IsCheck(err error) bool { return is(err, "23514", sqlite3.SQLITE_CONSTRAINT_CHECK) }

// IsForeign says whether err is a violation of a foreign key.
func IsForeign(err error) bool { return is(err, "23503 23001", sqlite3.SQLITE_CONSTRAINT_FOREIGNKEY) }

// lostConflict says whether PostgreSQL gave this transaction up for another one: a
// serialisation failure or a deadlock. Running it again is then right.
func lostConflict(err error) bool { return is(err, "40001 40P01") }

// isBusy says whether another process holds SQLite's lock.
func isBusy(err error) bool {
	lite, ok := errors.AsType[*sqlite.Error](err)
	return ok && lite.Code()&0xff == sqlite3.SQLITE_BUSY
}

// is says whether err has one of the SQLSTATEs of PostgreSQL, or one of SQLite's extended codes.
func is(err error, states string, codes ...int) bool {
	if pg, ok := errors.AsType[*pgconn.PgError](err); ok {
		return slices.Contains(strings.Fields(states), pg.Code)
	}
	lite, ok := errors.AsType[*sqlite.Error](err)
	return ok && slices.Contains(codes, lite.Code())
}
