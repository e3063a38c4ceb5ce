// Package laws keeps the texts of laws and regulations (法律法规), article by
// article and version by version, and knows which items rest on which article.
//
// # Purpose
//
// Whoever reads a guide can open the clause behind it without leaving the page,
// and whoever keeps an item is told when the law behind it has changed or when
// a clause that it names does not exist. The texts ship with the service; a
// region adds its own regulations.
//
// # Law
//
// 行政许可法 art. 30: the basis of a licence is made public. 立法法 art. 62: texts
// are published in full. 国务院关于在线政务服务的若干规定: items are kept in step
// with the law.
//
// # Words
//
//   - Law (法规): one title over all its versions; its key is the short title
//   - Version (文本): the wording adopted on one day, never altered
//   - Article (条), paragraph (款), item (项), sub-item (目)
//   - Citation (引用): 《行政许可法》第三十二条第一款, found in a text
//   - Finding: what is wrong with a citation of an item (引用核查)
//
// # Life of a text
//
// Nothing → imported under title and date → followed by the next version. The
// same text again changes nothing; another text under the same title and date is
// refused, because who cites a version must mean one thing.
//
// # Tables
//
// laws_version (every text, compressed), laws_import (which shipped archive was
// taken in), laws_citation (what items cite, with what is wrong with it),
// laws_follow (how far the items were read), laws_review (who looked at which
// citation of an outdated text).
//
// # Facts announced
//
// None.
//
// # Facts heard
//
// None: the serial of the newest publication of the catalogue is followed.
//
// # Doors
//
// Service: Seed, Import, Laws, Law, Versions, Search, Resolve, Follow, Citations,
// Review. Pages: /laws, /laws/{law}, /laws/citations. API: /api/v1/laws,
// /api/v1/laws/{law}, /api/v1/laws/{law}/articles/{article}, /api/v1/citations.
package laws
