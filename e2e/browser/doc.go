// Package browser drives a real Chromium over its DevTools protocol, as a person would: it
// clicks where things are, types, and waits for what is to be seen. It watches all the while:
// an error in the console, a request that fails or a breach of the content policy is a fault
// of the page, whatever the test was about.
//
// Things are named by a CSS selector, and by words they contain where that helps:
//
//	button                    the first button that can be seen
//	button >> Add to cart     the one that says so, in any case of letters
//	form[action$='/cancel'] button
//
// Nothing here waits for time to pass; everything waits for a condition, with a deadline.
package browser
