// Package db is the one door to the database: SQLite or PostgreSQL behind the same
// two calls, Update and View, and one text of SQL for both.
//
// On SQLite all writes of a process pass one writer (writer.go), which commits many
// closures with a single sync to the disk:
//
//	Update ──┐                 ┌ savepoint, closure A, release ┐
//	Update ──┼─ queue ─ BEGIN ─┼ savepoint, closure B, rollback├─ COMMIT ─ answers for A, B, C
//	Update ──┘                 └ savepoint, closure C, release ┘
//
// The closure itself runs in the goroutine that called Update: the writer only lends
// it the transaction. A panic or a t.Fatal inside it thus ends its own caller and
// nobody else. On PostgreSQL every closure is a plain transaction, which PostgreSQL
// commits together with others by itself, and is run again when it lost a conflict. There a
// statement that returns no rows waits, and goes out with the next one that does or with the
// COMMIT (pipeline.go): its error, and its row locks, come then.
//
// On both, a closure may run more than once and must touch nothing but the database.
package db
