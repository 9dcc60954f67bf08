// Package upload takes in the pictures that staff send, from the dashboard's forms and through
// the API alike: it reads them from the parts of a form, bounded, and makes them anew.
package upload
