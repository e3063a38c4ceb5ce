package shelf

import (
	"bytes"
	"context"
	_ "embed"
	"slices"
	"strings"
	"sync"
	"time"
	"unicode/utf8"

	"tongban/platform/db"
	"tongban/platform/fault"
	"tongban/platform/search"
)

//go:embed synonyms.json
var shipped []byte

// Shipped are the synonyms that come with the product.
func Shipped() []search.Synonym {
	list, err := search.ReadSynonyms(bytes.NewReader(shipped))
	if err != nil {
		panic("shelf: " + err.Error()) // the file is compiled in and tested
	}
	return list
}

// synonyms are the shipped ones with what an administrator changed, followed by
// the time of the last change.
type synonyms struct {
	mu    sync.Mutex
	stamp string
	list  *search.Synonyms
}

func (s *synonyms) get(ctx context.Context, r db.Reader) (*search.Synonyms, error) {
	stamp, err := synonymStamp(ctx, r)
	if err != nil {
		return nil, err
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.list != nil && s.stamp == stamp {
		return s.list, nil
	}
	kept, err := loadSynonyms(ctx, r)
	if err != nil {
		return nil, err
	}
	var say []search.Synonym
	for _, w := range inForce(merge(Shipped(), kept)) {
		say = append(say, search.Synonym{Say: []string{w.Say}, Mean: w.Mean})
	}
	if s.list, err = search.NewSynonyms(say); err == nil {
		s.stamp = stamp
	}
	return s.list, err
}

// Synonym is one word that people say, with what guides write for it (同义词).
type Synonym struct {
	Say, Mean string
	Shipped   string    // what it means without the change; "" when it was added here
	Changed   bool      // an administrator added, changed or took it away
	Gone      bool      // taken away
	At        time.Time // of the change
	By        string    // account that changed it
}

// merge puts what was changed over what is shipped, by word.
func merge(list []search.Synonym, kept []Synonym) []Synonym {
	var out []Synonym
	at := map[string]int{}
	for _, s := range list {
		for _, say := range s.Say {
			at[search.Fold(say)] = len(out)
			out = append(out, Synonym{Say: say, Mean: s.Mean, Shipped: s.Mean})
		}
	}
	for _, k := range kept {
		i, ok := at[search.Fold(k.Say)]
		if !ok {
			i = len(out)
			out = append(out, Synonym{Say: k.Say})
		}
		out[i].Changed, out[i].Gone, out[i].At, out[i].By = true, k.Mean == "", k.At, k.By
		if k.Mean != "" {
			out[i].Mean = k.Mean
		}
	}
	return out
}

// inForce leaves out what was taken away.
func inForce(list []Synonym) []Synonym {
	return slices.DeleteFunc(list, func(s Synonym) bool { return s.Gone || s.Mean == "" })
}

// Synonyms lists the words that are read as others, those that were taken away
// included.
func (s *Shelf) Synonyms(ctx context.Context) ([]Synonym, error) {
	kept, err := loadSynonyms(ctx, s.DB)
	return merge(Shipped(), kept), err
}

// Faults of keeping synonyms.
var (
	ErrSynonym = fault.Invalid("catalogue.synonym")            // a word is missing, too long, or stands for itself
	ErrTooMany = fault.Conflict("catalogue.too_many_synonyms") // more than maxKept
)

const (
	maxWord = 20   // characters of a word
	maxKept = 5000 // changes that are kept
)

// KeepSynonymTx says that people write one word for another; an empty mean takes
// the word away. It is recorded by the caller's commit.
func (s *Shelf) KeepSynonymTx(ctx context.Context, tx *db.Tx, say, mean string, now time.Time) error {
	say, mean = strings.TrimSpace(say), strings.TrimSpace(mean)
	words := search.Parse(say)
	if words.Empty() || utf8.RuneCountInString(say) > maxWord || utf8.RuneCountInString(mean) > maxWord || search.Fold(say) == search.Fold(mean) || mean != "" && search.Parse(mean).Empty() {
		return ErrSynonym.With("word", say)
	}
	n, err := countSynonyms(ctx, tx)
	if err != nil {
		return err
	}
	if n >= maxKept {
		return ErrTooMany.With("most", maxKept)
	}
	return saveSynonym(ctx, tx, search.Fold(say), mean, now)
}
