"""Tells a person's name from other words: “I am Ada”, but not “I am tired”, “I am a nurse” or “I am Dutch”."""

import re

# English

STATES_AND_PARTICLES = """
a about actually afraid again all alone already also always an and angry another anxious any at awake away
awesome back bad beautiful because better big bored broke busy but calm certain clever close cold comfortable
common confused cool crazy curious dead dear delighted different difficult disappointed doctor done down dr
driving drunk dying easy eating embarrassed exactly excellent excited exhausted famous fast feeling fine
finished first for free from full funny getting glad going good grateful great happy hard having healthy
hearing her here him his home honest hot how hungry hurt i if ill important impressed in innocent interested
irrelevant it its jealous joking just kidding late later lazy learning leaving left listening living lonely
long looking lost lucky mad married maybe me mine mr mrs ms my nervous new nice no nobody none not nothing now
ok okay old on one only open or our out over perfect please pleased poor pretty pronounced proud quiet rare
ready really relaxed retired rich right running sad safe scared secret serious shocked short shy sick silly
single sitting sleeping sleepy small smart so some somebody someone soon sorry speaking spelled still stressed
strong stuck stupid sure surprised talking tall tested testing thankful that the their them there they thinking
thirsty this tired to today together tomorrow tonight too trying two ugly unable under unemployed unhappy
unknown up upset us very waiting walking warm watching we weak welcome well what when where which who whole why
with without wonderful wondering working worried written wrong yes yesterday yet young your yours
"""
DAYS_AND_SEASONS = """
autumn december february friday january july march monday november october saturday september spring summer
sunday thursday tuesday wednesday winter
"""
TRADES = """
actor architect artist baker builder carpenter chef cook dentist designer developer driver engineer farmer
gardener journalist lawyer manager musician nurse painter photographer pilot plumber programmer scientist
secretary singer student teacher vegan vegetarian waiter waitress writer
"""
ORIGINS = """
african american arab argentinian asian australian austrian belgian black brazilian british buddhist canadian
catholic chilean chinese colombian croatian cuban czech danish dutch egyptian english estonian ethiopian
european filipino finnish french german greek hindu hungarian icelandic indian indonesian iranian iraqi irish
israeli italian japanese jewish kenyan korean latvian lebanese lithuanian malaysian mexican moroccan muslim
nepalese nigerian norwegian pakistani peruvian polish portuguese romanian russian scottish serbian slovak
spanish swedish swiss syrian taiwanese thai turkish ukrainian vietnamese welsh white
"""
NO_NAMES = frozenset(f"{STATES_AND_PARTICLES} {DAYS_AND_SEASONS} {TRADES} {ORIGINS}".split())


def is_name(word: str) -> bool:
    """Whether a word behind “I am” or “my name is” can be a name: no state, trade, origin, time or particle."""
    return word.lower().rstrip(".") not in NO_NAMES and any(letter.isalpha() for letter in word)


def is_written_as_name(word: str) -> bool:
    """Whether the word begins with a capital letter and is not all capitals."""
    return word[0].isupper() and (len(word) == 1 or not word.isupper())


# Japanese

JAPANESE_STATES = """
元気 大丈夫 平気 病気 無理 暇 ひま 忙しい 健康 幸せ しあわせ 不安 心配 退屈 満足 残念 無事 寝不足 二日酔い 空腹
満腹 眠い 眠たい ねむい ねむたい だるい つらい こわい さむい あつい うれしい いたい わかい よわい つよい すごい
やばい 独身 既婚 未婚 無職 失業中 一人 ひとり 一人暮らし 一人っ子 長男 次男 三男 長女 次女 三女 末っ子 男 女
男性 女性 男の子 女の子 子供 子ども こども 大人 おとな 初心者 初めて はじめて 本気 真面目 まじめ 正直 内気 緊張
賛成 反対 同感 同じ 別 普通 最高 最悪 完璧 ここ そこ どこ だれ 誰 何 なに なん まだ もう 今 いま さっき あと 後
これ それ あれ 人間 ロボット 本物 味方 ファン 風邪 かぜ 花粉症 不器用 方向音痴 左利き 右利き 大事 大切 秘密
ひみつ 内緒 うなぎ ラーメン カレー コーヒー 紅茶 ビール 水 寿司
"""
JAPANESE_TRADES = """
医者 学者 教授 作家 画家 主婦 主夫 歌手 俳優 女優 秘書 農家 漁師 大工 警官 警察官 消防士 弁護士 会計士 税理士
保育士 介護士 栄養士 建築士 運転手 選手 助手 店主 自営業 フリーター アルバイト パート ニート エンジニア
プログラマー デザイナー ライター カメラマン ドライバー サラリーマン モデル ピアニスト ミュージシャン
アーティスト シェフ コック ボランティア 本屋 花屋 魚屋 八百屋
"""
JAPANESE_PLACES = """
東京 大阪 京都 北海道 神奈川 埼玉 名古屋 横浜 神戸 福岡 札幌 仙台 広島 沖縄 関東 関西 九州 四国 東北 日本 中国
韓国 台湾 香港 英国 米国 海外 外国 田舎 都会 地元 アメリカ イギリス フランス ドイツ イタリア スペイン ロシア
ブラジル インド タイ ベトナム カナダ オーストラリア メキシコ フィリピン インドネシア ネパール モンゴル スイス
ハーフ
"""
JAPANESE_TIMES = """
今日 明日 昨日 明後日 来週 先週 今週 来月 先月 来年 去年 今年 毎日 毎朝 毎晩 朝 昼 夜 午前 午後 夕方 週末 平日
休み 仕事 学校 会社 家 留守 夏休み 冬休み 休日
"""
NO_JAPANESE_NAMES = frozenset(f"{JAPANESE_STATES} {JAPANESE_TRADES} {JAPANESE_PLACES} {JAPANESE_TIMES}".split())
NO_NAME = re.compile(
    # Adjectives and wishes, but not めい or あおい; what was done; what happens.
    r"[一-鿿しない]い$|た[いく]$|[一-鿿][いきしえけめりちび]た$|[っれ]た$|ました$|ません$|そう$|よう$|みたい$|らしい$|だけ$|つもり$|予定$|ところ$|はず$|ばかり$"
    # Who somebody is by trade, school or origin.
    r"|(?:学|校|年|受験|卒業|新入|高校|先|研修|実習)生$|員$|者$|[医教]師$|[容護理]師$|[ァ-ヶー一-鿿]家$|[ァ-ヶー]屋(?:さん)?$"
    r"|(?:社|部|課|店|校|会|係|院|班|船|市|町|村|委員|園|駅)長$|[ァ-ヶー]人$"
    r"|(?:日本|外国|中国|韓国|英国|米国|台湾|社会|芸能|関西|関東|東京|大阪|京都|現代|知識|宇宙|個|大|新|病|老|友|恋|他|本|変)人$"
    # What somebody is doing, likes, can, is made for.
    r"|(?:仕事|勉強|休憩|旅行|運転|準備|練習|移動|料理|散歩|読書|食事|会議|通話|妊娠|療養|[ァ-ヶー])中$|好き$|嫌い$|ずき$|苦手$|得意$|上手$|下手$"
    r"|出身$|生まれ$|育ち$|在住$|担当$|専門$|志望$|希望$|派$|型$|的$|連れ$|待ち$|気味$|次第$|向き$|持ち$|曜日?$"
    # Particles behind a whole word, numbers, polite prefixes, adverbs.
    r"|[一-鿿ァ-ヶー](?:の|に|も|で|へ|と|より|から|まで|って)|から$|まで$|ので$|けど$|\d"
    r"|^(?:元気|お(?:腹|金|茶|酒|母|父|兄|姉|客|風呂|休み|昼|店)|ご(?:飯|機嫌)|とても|すごく|ちょっと|まだ|もう|少し|本当|ただ|あまり|たぶん|多分|もしかし|今日|いつも|やっぱり|きっと)"
)


def is_japanese_name(text: str) -> bool:
    """Whether the words between 私は and です can be a name: no state, trade, place, time or particle."""
    return text not in NO_JAPANESE_NAMES and NO_NAME.search(text) is None
