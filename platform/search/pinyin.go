package search

import (
	"strings"
	"sync"

	"github.com/mozillazg/go-pinyin"
	"golang.org/x/text/unicode/norm"
)

// readings are words in which a character is not read the usual way, longest
// first where one begins another. The usual reading is the dictionary's first.
const readings = `
重庆=chong qing|重新=chong xin|重复=chong fu|重组=chong zu|重建=chong jian|重置=chong zhi|重签=chong qian|重审=chong shen|重发=chong fa
银行=yin hang|行业=hang ye|行长=hang zhang|同行业=tong hang ye|央行=yang hang|支行=zhi hang|分行=fen hang|商行=shang hang|行情=hang qing|车行=che hang
长期=chang qi|长江=chang jiang|长沙=chang sha|长春=chang chun|长途=chang tu|长效=chang xiao|长输=chang shu|长城=chang cheng|长度=chang du|延长=yan chang|长安=chang an|特长=te chang|长征=chang zheng|全长=quan chang|时长=shi chang|周长=zhou chang
音乐=yin yue|乐器=yue qi|乐团=yue tuan|乐队=yue dui|声乐=sheng yue|器乐=qi yue|民乐=min yue|礼乐=li yue
会计=kuai ji|财会=cai kuai|都市=du shi|首都=shou du|成都=cheng du|丰都=feng du|单县=shan xian|人参=ren shen|海参=hai shen
调解=tiao jie|调整=tiao zheng|调节=tiao jie|协调=xie tiao|空调=kong tiao|调剂=tiao ji|失调=shi tiao|率领=shuai ling|率先=shuai xian
校对=jiao dui|校正=jiao zheng|校验=jiao yan|校准=jiao zhun|朝阳=chao yang|朝夕=zhao xi|投降=tou xiang|传记=zhuan ji|西藏=xi zang|藏族=zang zu|藏医=zang yi|藏药=zang yao|宝藏=bao zang
种植=zhong zhi|播种=bo zhong|接种=jie zhong|种地=zhong di|解元=jie yuan|白术=bai zhu|省亲=xing qin|内省=nei xing|住宿=zhu su|星宿=xing xiu
厦门=xia men|六安=lu an|蚌埠=beng bu|番禺=pan yu|天台=tian tai|台州=tai zhou|大夫=dai fu|大城=dai cheng|给付=ji fu|供给=gong ji|补给=bu ji|自给=zi ji|配给=pei ji|给予=ji yu|给水=ji shui
称职=chen zhi|对称=dui chen|供奉=gong feng|划船=hua chuan|划算=hua suan|出差=chu chai|差旅=chai lv|差价=cha jia|差额=cha e|误差=wu cha|时差=shi cha|响应=xiang ying|反应=fan ying|应用=ying yong|应急=ying ji|适应=shi ying|供应=gong ying|应对=ying dui|应诉=ying su|应征=ying zheng
处理=chu li|处罚=chu fa|处置=chu zhi|处分=chu fen|处方=chu fang|处于=chu yu|成分=cheng fen|水分=shui fen|身份=shen fen|测量=ce liang|计量=ji liang|丈量=zhang liang|了解=liao jie|了结=liao jie|终了=zhong liao
得到=de dao|目的=mu di|的士=di shi|还款=huan kuan|还贷=huan dai|归还=gui huan|偿还=chang huan|返还=fan huan|退还=tui huan|还原=huan yuan|便宜=pian yi|关卡=guan qia|卡口=qia kou|占卜=zhan bu|尽管=jin guan
落着=luo zhuo|着陆=zhuo lu|着装=zhuo zhuang|沉着=chen zhuo|否极=pi ji|华山=hua shan|任县=ren xian|尉迟=yu chi|淹没=yan mo|没收=mo shou|吞没=tun mo|宿舍=su she|校舍=xiao she|房舍=fang she|提防=di fang|薄弱=bo ruo|薄荷=bo he|剥夺=bo duo|剥离=bo li|咽喉=yan hou
当作=dang zuo|适当=shi dang|正当=zheng dang|典当=dian dang|理发=li fa|毛发=mao fa|美发=mei fa|染发=ran fa|洗发=xi fa|和诗=he shi|爱好=ai hao|禁不住=jin bu zhu|试卷=shi juan|答卷=da juan|案卷=an juan|问卷=wen juan|卷宗=juan zong|看守=kan shou|看护=kan hu|空缺=kong que|填空=tian kong|空白=kong bai
模具=mu ju|模样=mu yang|模型=mo xing|店铺=dian pu|商铺=shang pu|铺位=pu wei|当铺=dang pu|奇数=ji shu|戏曲=xi qu|曲艺=qu yi|歌曲=ge qu|作曲=zuo qu|曲目=qu mu|少年=shao nian|少儿=shao er|少数=shao shu|青少年=qing shao nian|标识=biao zhi|游说=you shui|弹药=dan yao|炮弹=pao dan|弹性=tan xing|弹簧=tan huang|挑战=tiao zhan
为了=wei le|作为=zuo wei|行为=xing wei|认为=ren wei|成为=cheng wei|相片=xiang pian|照相=zhao xiang|相貌=xiang mao|参与=can yu|与会=yu hui|登载=deng zai|记载=ji zai|转载=zhuan zai|下载=xia zai|占地=zhan di|占用=zhan yong|侵占=qin zhan|作坊=zuo fang|角色=jue se|睡觉=shui jiao|高校=gao xiao|学校=xue xiao
联系=lian xi|关系=guan xi|系统=xi tong|质押=zhi ya|血液=xue ye|血站=xue zhan|献血=xian xue|采血=cai xue|无偿献血=wu chang xian xue|员工=yuan gong|番茄=fan qie|说明=shuo ming|首饰=shou shi|殷实=yin shi|地下=di xia|地方=di fang|土地=tu di|地质=di zhi|量化=liang hua|朝鲜=chao xian|强迫=qiang po|倔强=jue jiang|勉强=mian qiang|曾经=ceng jing|石油=shi you|车辆=che liang
`

// special holds readings by word; longest is its longest word in characters.
var special, longest = func() (map[string][]string, int) {
	m, n := map[string][]string{}, 0
	for _, line := range strings.Fields(strings.ReplaceAll(strings.ReplaceAll(readings, " ", "_"), "|", " ")) {
		word, syllables, _ := strings.Cut(line, "=")
		m[word] = strings.Split(syllables, "_")
		n = max(n, len([]rune(word)))
	}
	return m, n
}()

// usual caches the usual reading of characters, without tone.
var usual sync.Map // rune → string

func reading(r rune) string {
	if s, ok := usual.Load(r); ok {
		return s.(string)
	}
	first, _, _ := strings.Cut(pinyin.PinyinDict[int(r)], ",")
	s := plainSyllable(first)
	usual.Store(r, s)
	return s
}

// plainSyllable strips the tone; ü is written v, as on a keyboard.
func plainSyllable(s string) string {
	var b []byte
	for _, r := range norm.NFD.String(s) {
		switch {
		case 'a' <= r && r <= 'z':
			b = append(b, byte(r))
		case r == 0x308 && len(b) > 0 && b[len(b)-1] == 'u':
			b[len(b)-1] = 'v'
		}
	}
	return string(b)
}

// syllables returns one syllable for every character, empty where none is known.
func syllables(run []rune) []string {
	out := make([]string, 0, len(run))
	for i := 0; i < len(run); {
		n := min(longest, len(run)-i)
		for ; n > 1; n-- {
			if s, ok := special[string(run[i:i+n])]; ok {
				out = append(out, s...)
				break
			}
		}
		if n <= 1 {
			out = append(out, reading(run[i]))
			n = 1
		}
		i += n
	}
	return out
}

// Marks keep pinyin apart from Latin words in the index. Both are letters to
// every tokenizer and occur in no name of a service.
const (
	initialMark = "π"
	spelledMark = "ρ"
	roughMark   = "σ" // spelled as rough writes it
	maxInitials = 8   // characters of a name that one initials token covers
	maxSpelled  = 5   // characters of a name that one spelled token covers
)

// Initials returns the first letters of the pinyin of all Chinese characters
// in text: 居住证 gives jzz.
func Initials(text string) string {
	var b strings.Builder
	for _, s := range segments(Fold(text)) {
		if !s.han {
			continue
		}
		for _, syl := range syllables(s.text) {
			if syl != "" {
				b.WriteByte(syl[0])
			}
		}
	}
	return b.String()
}

// rough writes pinyin so that sounds which many people do not keep apart, or
// mistype, are one: zh and z, ch and c, sh and s, -ng and -n, l and n, h and f.
func rough(spelled string) string { return roughly.Replace(spelled) }

var roughly = strings.NewReplacer("zh", "z", "ch", "c", "sh", "s", "ang", "an", "eng", "en", "ing", "in", "ong", "on", "l", "n", "h", "f", "v", "u")

// pinyinTokens returns, from every character of every Chinese run on, the
// initials and the spelled pinyin of what follows; all are found by prefix.
func pinyinTokens(text string) []string {
	var out []string
	for _, s := range segments(Fold(text)) {
		if !s.han {
			continue
		}
		all := syllables(s.text)
		first := make([]byte, 0, len(all))
		for _, syl := range all {
			if syl == "" {
				first = append(first, '0') // no known reading: nothing typed matches it
				continue
			}
			first = append(first, syl[0])
		}
		for i := range all {
			spelled := strings.Join(all[i:min(i+maxSpelled, len(all))], "")
			out = append(out, initialMark+string(first[i:min(i+maxInitials, len(first))]), spelledMark+spelled, roughMark+rough(spelled))
		}
	}
	return out
}

// Spelled is the pinyin of all Chinese characters in text, joined.
func Spelled(text string) string {
	var b strings.Builder
	for _, s := range segments(Fold(text)) {
		if s.han {
			b.WriteString(strings.Join(syllables(s.text), ""))
		}
	}
	return b.String()
}
