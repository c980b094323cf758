"""LangChain with Anthropic's models."""

import anthropic
from langchain_anthropic import ChatAnthropic
from langchain_common import behaviours
from reporting import *


def model(url=URL, token=TOKEN, headers={}):
    return ChatAnthropic(
        model="auto", base_url=url, api_key=token, max_retries=0, max_tokens=200, default_headers=headers
    )


errors = (anthropic.AuthenticationError, anthropic.RateLimitError, anthropic.InternalServerError)
report(behaviours(model, *errors, "json_schema"))
