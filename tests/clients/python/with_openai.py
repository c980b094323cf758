"""OpenAI's own client for Python."""

import json

import openai
from openai import OpenAI
from pydantic import BaseModel
from reporting import *


class City(BaseModel):
    name: str
    population: int


def client(url=URL, token=TOKEN, headers={}):
    return OpenAI(base_url=f"{url}/v1", api_key=token, max_retries=0, default_headers=headers)


def user(text):
    return [{"role": "user", "content": text}]


def say(text, by=None):
    return (by or client()).chat.completions.create(model="auto", messages=user(text))


TOOL = {"type": "function", "function": {"name": "get_weather", "strict": True, "parameters": {**WEATHER_SCHEMA, "additionalProperties": False}}}


def plain():
    answer = say(HELLO)
    return [answer.choices[0].message.content, answer.model]


def stream():
    chunks = client().chat.completions.create(
        model="auto", messages=user(HELLO), stream=True, stream_options={"include_usage": True}
    )
    return pieces(chunk.choices[0].delta.content for chunk in chunks if chunk.choices)


def tool():
    messages = user(WEATHER_QUESTION)
    message = client().chat.completions.create(model="auto", messages=messages, tools=[TOOL]).choices[0].message
    [call] = message.tool_calls
    messages += [message, {"role": "tool", "tool_call_id": call.id, "content": WEATHER}]
    answer = client().chat.completions.create(model="auto", messages=messages, tools=[TOOL])
    return [call.function.name, json.loads(call.function.arguments), answer.choices[0].message.content]


def streamed_tool():
    with client().chat.completions.stream(model="auto", messages=user(WEATHER_QUESTION), tools=[TOOL]) as events:
        [call] = events.get_final_completion().choices[0].message.tool_calls
    return [call.function.name, json.loads(call.function.arguments)]


def parsed():
    answer = client().chat.completions.parse(model="auto", messages=user(CITY_QUESTION), response_format=City)
    return answer.choices[0].message.parsed.model_dump()


def streamed_parsed():
    asked = client().chat.completions.stream(model="auto", messages=user(CITY_QUESTION), response_format=City)
    with asked as events:
        return events.get_final_completion().choices[0].message.parsed.model_dump()


def embeddings():
    answer = client().embeddings.create(model="text-embedding-3-small", input=TEXTS)
    return nearness([item.embedding for item in answer.data])


report(
    {
        "plain": plain,
        "stream": stream,
        "tool": tool,
        "streamed_tool": streamed_tool,
        "json": parsed,
        "streamed_json": streamed_parsed,
        "embeddings": embeddings,
        "wrong_token": lambda: status_of(openai.AuthenticationError, lambda: say(HELLO, client(token="another"))),
        "too_many": lambda: status_of(openai.RateLimitError, lambda: say(HELLO, client(BUSY_URL))),
        "unanswered": lambda: status_of(openai.InternalServerError, lambda: say(NOBODY)),
        "local_only": lambda: say(HELLO, client(headers=LOCAL_ONLY)).choices[0].message.content,
    }
)
