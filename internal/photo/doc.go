// Package photo makes the photos that customers send, and the pictures that merchants upload,
// anew: told by their content, bounded before any memory is taken for them, upright, no larger
// than is kept, and without what the camera wrote into the file.
package photo
