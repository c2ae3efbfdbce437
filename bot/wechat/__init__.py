"""The WeChat edge: what arrives at /wechat, what is answered, and the calls to the platform's own address."""
