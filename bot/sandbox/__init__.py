"""The stand-in: plays api.weixin.qq.com over real HTTP and shows a page of phones that chat with the bot.

It runs as a process of its own and knows Xianfeng only through HTTP: it posts signed, encrypted XML to /wechat, as
WeChat does, and answers the calls of contract.md, "WeChat's side". `app.create_app` puts the parts together:

    what the platform remembers   platform, which holds store users tokens keywords quotas media qrcodes menus oauth
    what it answers               messages → sending → api      account  bodies  faults  errors
    what it sends                 envelopes → callbacks → answers
    what people see and do        links  bubbles  roster  phones  clock → page  acts  tools  feed
"""
