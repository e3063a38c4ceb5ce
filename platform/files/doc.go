// Package files keeps documents by the hash of their content.
//
// # Purpose
//
// What strangers upload and what the node makes itself (receipts,
// certificates) lies in one folder tree, two levels deep, each file named by
// its SHA-256. A record elsewhere keeps a [Ref]; the same bytes are stored once.
//
// # How to use
//
//	ref, err := store.PutNamed(ctx, "房屋合同.pdf", body, 20<<20, []files.Kind{files.PDF, files.JPEG})
//	err = store.Serve(w, r, ref, "房屋合同.pdf")
//	removed, err := store.Sweep(ctx, dayAgo, func(ctx context.Context, hash string) (bool, error) { … })
//
// # Guarantees
//
// When Put returns, the bytes and the folders that lead to them are on disk,
// whole or not at all; nothing is believed but the content: the kind is found
// by looking inside, and a file that only begins like one is refused. No more
// than the limit is kept, however long the stream. Serve checks the hash
// before the first byte leaves, so altered bytes are never handed out; it
// never lets the browser guess a type or run anything. A file that is damaged
// on disk is mended when the same bytes are put again.
package files
