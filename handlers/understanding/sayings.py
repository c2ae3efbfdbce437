"""Everyday words for the items of a rulebook, and words that say little by themselves: data, no code."""

# Words of many things: alone they point at an item without meaning it.
WEAK = frozenset(
    "任务 文章 信息 项目 创新 建议 意见 交流 记录 社区 处理 工作 会议 组织"
    " 先进 证书 上门 转发 临时任务 党课 捐 调研 应急 奖励".split()
)
# Of these the item's own unit beside them is enough: 项目一项, 奖励一次.
WITH_UNIT = frozenset("项目 创新 奖励 记录 上门".split())

# A keyword of the field, and what people say for it; it counts where the rulebook has the keyword.
_FOR = """
志愿 义诊 理发 剪头发 垃圾分类 维持秩序 秩序 助学 助老 发传单 社区服务 社区报到 双报到 做好事
打扫卫生 大扫除 扫地 搞卫生 做卫生
清扫 扫马路 扫大街 扫院子 扫街 扫楼 扫落叶 打扫 清理
扫雪 除雪 铲冰 清雪
捡垃圾 捡烟头
巡河 河道
植树 栽树 种树
交通劝导 指挥交通
文明劝导 劝导
护学 护送学生
公益 义卖
义务劳动 社区劳动 劳动
值守 巡逻 值班 站岗 守夜 卡口
走访 探访 家访 入户走访 低保户 贫困户 困难家庭
看望 去看了 去瞧 看了看 瞧了瞧 探望 孤寡 敬老院 养老院 福利院
慰问 慰问品 送米
上门 送菜 送药
帮扶 陪护
宣讲 反诈课 反诈 宣传 讲解 科普
普法 法制课 法治课 普法课
咨询 解答
讲座 培训课
见义勇为 落水 救了
捐款 捐钱 捐物 捐衣
献血 输血
表彰 奖状 评为 优秀党员 先进个人 立功
发表 登报 见报 刊登
采用 录用
转发 公众号
建议 金点子
发言 带头发言 讲话
领学 领着学 领着大家学 带着学 带领学 组织学习
自学 学习强国 学习打卡
在线学习 网课
必读 必学
心得 读书笔记 日记
观后感 观影
带新人 新人 新同志
带徒 徒弟 当师傅 师带徒
交办 交给我 交给的 交待 布置的 派给 支部让 支部叫 组织让
传帮带 带教 帮教
抢险 抗洪 抗旱 救火 灭火
专班 防疫 抽调 攻坚
主持 主持人
记录 记笔记
会务 会标
布置会场 摆桌椅
谈心 谈心谈话 两两谈心
"""
SAYINGS = {said: line.split()[0] for line in _FOR.strip().splitlines() for said in line.split()[1:]}
