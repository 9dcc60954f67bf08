// Package ledger is what was paid, refunded, disputed and owed: payments, refunds, chargebacks, and entries that are never changed.
package ledger
