package intake

// Chunks are small in tests, so that small files have several.
func init() { chunk = 20 }
