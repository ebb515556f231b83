"""A campaign with a step of every type, with all of their fields."""

from __future__ import annotations

EVERY_STEP = """\
name: Everything
trigger: {event: signed_up}
reentry: {mode: every_match, cooldown: 1d}
goal: {event: purchased, within: 7d}
tags: [autumn, onboarding]
topic: topic#5
workflow:
  - id: mondays
    wait_window: {days: [mon, wed], from: "09:00", to: "21:00", time_zone: Africa/Cairo}
  - id: evening
    wait_window: {from: "15:30", to: "21:00", time_zone: person, fallback_time_zone: Europe/London}
  - {id: spread, wait_random: {min: 1h, max: 2d}}
  - id: hello
    email: {subject: Hello, body: <p>Hello</p>, from: team@acme.com}
  - id: read
    wait_until:
      any:
        - opened: hello
        - event: purchased
          same: order_id
    timeout: 3d
    then:
      - {id: keen, set_attributes: {keen: true}}
    on_timeout:
      - {id: tell, send_event: fell_silent}
  - id: who
    branches:
      - if: {segment: trial}
        then:
          - id: chat
            whatsapp: {body: Hi, content: {template: hi}}
      - if: {all: [{attribute: plan, is: pro}, {attribute: seats, greater_than: 3}]}
      - if: {segment: paying}
        then:
          - id: banner
            in_app: {content: {title: Hi, position: top}}
          - exit
    else:
      - id: tell_us
        slack: {body: A new one, channel: "#sales"}
  - id: half
    random_branches:
      - name: Loud
        percent: 33.4
        then:
          - id: loud
            push: {title: Loud, body: Very}
      - percent: 66.6
  - id: subject_test
    ab_test:
      - id: short
        percent: 70
        email: {subject: Hi, body: <p>1</p>}
      - id: long
        percent: 30
        email: {subject: Hello there, body: <p>2</p>, sending: automatic}
  - {id: join, add_to_segment: trial}
  - {id: leave, remove_from_segment: trial}
  - id: prices
    query_collection: {collection: prices, limit: 3}
  - id: many
    batch_update: {objects: [{type: 1}]}
  - id: until_paid
    wait_until: {segment: paying}
    timeout: never
"""
