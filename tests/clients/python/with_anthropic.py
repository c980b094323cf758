"""Anthropic's own client for Python."""

import json

import anthropic
from anthropic import Anthropic
from reporting import *

COMMON = {"model": "auto", "max_tokens": 200}
TOOL = {"name": "get_weather", "description": "The weather in a city", "input_schema": WEATHER_SCHEMA}
JSON_OUTPUT = {"output_config": {"format": {"type": "json_schema", "schema": CITY_SCHEMA}}}


def client(url=URL, token=TOKEN, headers={}):
    return Anthropic(base_url=url, api_key=token, max_retries=0, default_headers=headers)


def user(text):
    return [{"role": "user", "content": text}]


def say(text, by=None, **more):
    return (by or client()).messages.create(**COMMON, messages=user(text), **more)


def text_of(message):
    return "".join(block.text for block in message.content if block.type == "text")


def call_of(message):
    [call] = [block for block in message.content if block.type == "tool_use"]
    return call


def plain():
    answer = say(HELLO)
    return [text_of(answer), answer.model]


def stream():
    with client().messages.stream(**COMMON, messages=user(HELLO)) as events:
        return pieces(events.text_stream)


def tool():
    first = say(WEATHER_QUESTION, tools=[TOOL])
    call = call_of(first)
    result = {"type": "tool_result", "tool_use_id": call.id, "content": [{"type": "text", "text": WEATHER}]}
    messages = [
        *user(WEATHER_QUESTION),
        {"role": "assistant", "content": first.content},
        {"role": "user", "content": [result]},
    ]
    answer = client().messages.create(**COMMON, messages=messages, tools=[TOOL])
    return [call.name, call.input, text_of(answer)]


def streamed_tool():
    with client().messages.stream(**COMMON, messages=user(WEATHER_QUESTION), tools=[TOOL]) as events:
        call = call_of(events.get_final_message())
    return [call.name, call.input]


def streamed_json():
    with client().messages.stream(**COMMON, messages=user(CITY_QUESTION), **JSON_OUTPUT) as events:
        return json.loads(text_of(events.get_final_message()))


report(
    {
        "plain": plain,
        "stream": stream,
        "tool": tool,
        "streamed_tool": streamed_tool,
        "json": lambda: json.loads(text_of(say(CITY_QUESTION, **JSON_OUTPUT))),
        "streamed_json": streamed_json,
        "wrong_token": lambda: status_of(anthropic.AuthenticationError, lambda: say(HELLO, client(token="another"))),
        "too_many": lambda: status_of(anthropic.RateLimitError, lambda: say(HELLO, client(BUSY_URL))),
        "unanswered": lambda: status_of(anthropic.InternalServerError, lambda: say(NOBODY)),
        "local_only": lambda: text_of(say(HELLO, client(headers=LOCAL_ONLY))),
    }
)
