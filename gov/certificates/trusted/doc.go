// Package trusted keeps which other installations issue certificates that count
// here (互认清单), and asks them what became of a certificate.
//
// # Purpose
//
// A certificate of the next county is as good as one's own when somebody has
// looked at the next county's keys once. So a node is entered from the file that
// it signs itself; two people compare its fingerprint with the one that the
// other office reads to them; from then on files are checked by its keys, and
// its server is asked for the status. A province does that once for everybody:
// its list is signed, and counties follow it.
//
// # Law
//
// 国务院关于在线政务服务的若干规定 (国令第716号) art. 10, 11: electronic certificates are
// recognised between regions. 国办发〔2022〕3号: 电子证照扩大应用领域和全国互通互认. 电子签名法
// art. 13: a signature is reliable when its maker alone controls the key.
// 个人信息保护法 art. 6: another node is asked by the code of the paper; a number and
// a holder go to the one node that the asker chose.
//
// # Words
//
// Node (节点): another installation. Node file (节点文件): its name, region, site and
// keys, signed by itself. Fingerprint (指纹): forty characters that stand for what
// is in it. Keys that go on (密钥接续): keys for which those vouch that two people
// compared. Trust list (互认清单). Publisher (发布方): a node whose list is followed
// here. Taken-in certificate (引入证照): one of another node that its holder wants to
// use here.
//
// # Life of a node
//
//	proposed → active ⇄ suspended
//	         → rejected    active, suspended → removed
//
// Another file of the same site is another version: it replaces the one before
// when it is approved. Suspending and removing take one person, a reason, and
// effect at once; giving back what was suspended takes somebody else. What is
// entered here counts more than what a followed list says; of what lists say,
// the worse counts. Lists that are followed are not published again: trust goes
// one step.
//
// When a node replaces keys, its newer node file is fetched every hour from the
// site that two people recognised, or put in by somebody. Of it only the
// statements count that go on from those known here, each signed by a key that
// counts; name, region and site stay. A file that is older, that tells another
// story, that nobody vouches for or that is signed with a revoked key is
// refused, and that stands at the node until it is put right.
//
// # Tables
//
// certificates_node: one row a version. certificates_node_keys: the newest file
// by which its keys were followed. certificates_node_list: the newest list of
// each publisher. certificates_node_answer: what nodes answered last.
// certificates_foreign: certificates that were taken in.
//
// # Facts announced
//
// PaperStatusChanged, for certificates that were taken in. NodeKeysFollowed,
// NodeKeysRefused.
//
// # Facts heard
//
// None.
//
// # Doors
//
// Service: Propose, Decide, Suspend, Remove, Restore, Nodes, Versions; Own and
// Published for others; FollowKeys, FollowDue, Unfollowed; Refresh, Poll in the background; File and Ask for
// whoever verifies; TakeIn, Mine, ByCode, Paper for applications. ReadFile,
// ReadList without a database.
package trusted
