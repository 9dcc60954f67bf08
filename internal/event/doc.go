// Package event is what has happened: one row per fact, past tense, never changed. It is
// the timeline, the audit log, the answer to "why", the export and the live feed.
package event
